import type { Capture, VoiceMemo } from '../../core/contract/records.ts';

/** What is given changes; an empty note and an undefined memo take theirs away. */
export interface Annotation {
  readonly note?: string;
  readonly memo?: VoiceMemo | undefined;
}

export function annotated(capture: Capture, said: Annotation): Capture {
  const { note, memo, ...rest } = { ...capture, ...said };
  return { ...rest, ...(note && { note }), ...(memo && { memo }) };
}
