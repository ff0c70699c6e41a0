import * as v from 'valibot';
import type { Box, Size } from '../../core/contract/geometry.ts';
import { SampleIndex, type Sample } from '../../core/contract/samples.ts';
import type { DamageType } from '../../core/domain/damage-types.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';

export interface SamplesMissing {
  readonly kind: 'samples-missing';
  readonly detail: string;
}

/** The photos that are rendered by our own code and come with the app. */
export async function readSamples(): Promise<Outcome<readonly Sample[], SamplesMissing>> {
  const answer = await get('index.json');
  if (!answer.ok) return answer;
  try {
    return succeed(v.parse(SampleIndex, await answer.value.json()).samples);
  } catch (error) {
    return fail({ kind: 'samples-missing', detail: String(error) });
  }
}

export async function fetchSample(file: string): Promise<Outcome<Blob, SamplesMissing>> {
  const answer = await get(file);
  return answer.ok ? succeed(await answer.value.blob()) : answer;
}

async function get(file: string): Promise<Outcome<Response, SamplesMissing>> {
  try {
    const response = await fetch(sampleUrl(file));
    if (response.ok) return succeed(response);
    return fail({ kind: 'samples-missing', detail: `${file}: HTTP ${response.status}` });
  } catch (error) {
    return fail({ kind: 'samples-missing', detail: `${file}: ${String(error)}` });
  }
}

const sampleUrl = (file: string): string => `./samples/${file}`;

export interface SamplePreview {
  readonly url: string;
  readonly size: Size;
  /** The damage that was rendered: the truth, not a model's answer. */
  readonly damage: readonly { readonly type: DamageType; readonly box: Box }[];
}

/** A sample that shows at a glance what a finding is. */
const PREVIEWED = 'blade-trailing-side';

/** Undefined where the samples are not there. */
export async function samplePreview(): Promise<SamplePreview | undefined> {
  const samples = await readSamples();
  if (!samples.ok) return undefined;
  const sample = samples.value.find(({ id }) => id === PREVIEWED) ?? samples.value[0];
  return (
    sample && {
      url: sampleUrl(sample.file),
      size: { width: sample.width, height: sample.height },
      damage: sample.defects.map(({ type, box: [x, y, width, height] }) => ({
        type,
        box: { x, y, width, height },
      })),
    }
  );
}
