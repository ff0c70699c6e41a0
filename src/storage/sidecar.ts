import * as v from 'valibot';
import { Sidecar } from './schema.ts';

export const sidecarText = (sidecar: Sidecar): string => JSON.stringify(sidecar);

export function parseSidecar(text: string): Sidecar | undefined {
  try {
    const parsed = v.safeParse(Sidecar, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
