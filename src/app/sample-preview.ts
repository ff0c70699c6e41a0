import type { Box, Size } from '../../core/contract/geometry.ts';
import type { DamageType } from '../../core/domain/damage-types.ts';
import { readSamples } from './demo.ts';

export interface SamplePreview {
  readonly url: string;
  readonly size: Size;
  /** The damage that was rendered: the truth, not a model's answer. */
  readonly damage: readonly { readonly type: DamageType; readonly box: Box }[];
}

/** A rendered sample that shows at a glance what a finding is. */
const SHOWN = 'blade-trailing-side';

/** Undefined where the samples are not there. */
export async function samplePreview(): Promise<SamplePreview | undefined> {
  const samples = await readSamples();
  if (!samples.ok) return undefined;
  const sample = samples.value.find(({ id }) => id === SHOWN) ?? samples.value[0];
  return (
    sample && {
      url: `./samples/${sample.file}`,
      size: { width: sample.width, height: sample.height },
      damage: sample.defects.map(({ type, box: [x, y, width, height] }) => ({
        type,
        box: { x, y, width, height },
      })),
    }
  );
}
