import type { AssetType, Finding, Measured, Severity, SeverityScale } from '../../core/contract/records.ts';
import { proposeSeverity, scaleFor, type Measurements } from '../../core/domain/severity.ts';
import { t } from './text/text.ts';

/** Grades that a person may give on each scale, the least first. */
const GRADES = {
  'EPRI-5': [1, 2, 3, 4, 5],
  'IEA-T46': [0, 1, 2, 3, 4, 5],
  'ISO4628-3': [0, 1, 2, 3, 4, 5],
  'AASHTO-CW': [1, 2, 3, 4],
} as const satisfies Record<SeverityScale, readonly number[]>;

/** Categories that a person's own grade may be off by; EPRI 3002019669 advises one. */
const PERSON_UNCERTAINTY = 1;

export interface SeverityChoice {
  readonly scale: SeverityScale;
  readonly grades: readonly { readonly value: number; readonly text: string; readonly severity: Severity }[];
  /** From measured quantities only, with the clause and figure that matched. */
  readonly proposed: Severity | undefined;
}

/** What may be chosen for this damage on this asset; undefined where no scale grades it. */
export function severityChoice(
  finding: Pick<Finding, 'type' | 'layer' | 'size'>,
  asset: AssetType,
): SeverityChoice | undefined {
  const scale = scaleFor(finding.type, asset);
  if (!scale) return undefined;
  const proposal = proposeSeverity(scale, finding.type, measurementsOf(finding));
  const proposed = proposal.kind === 'proposed' ? proposal.severity : undefined;
  return {
    scale,
    proposed,
    grades: GRADES[scale].map((value) => ({
      value,
      text: gradeText(scale, value),
      severity:
        proposed?.value === value
          ? proposed
          : { scale, value, criteria: [], uncertainty: PERSON_UNCERTAINTY },
    })),
  };
}

// One key a scale and grade, each in the catalogue; a template of two unions is more than its type can hold.
const say = t as unknown as (key: string) => string;

export const gradeText = (scale: SeverityScale, value: number): string => say(`grade.${scale}.g${value}`);

function measurementsOf({ layer, size }: Pick<Finding, 'layer' | 'size'>): Measurements {
  const area = known(size?.areaCm2);
  const width = known(size?.crackWidthMm);
  return {
    ...(area && { damageAreaCm2: area }),
    ...(width && { crackWidthMm: width }),
    ...(layer && { layer }),
  };
}

const known = (measured: Measured | undefined) =>
  measured === undefined || measured === 'not-measurable' ? undefined : measured;
