import type { Operation } from '../../core/contract/operation.ts';
import type { StoreName } from './schema.ts';

/** Where records lie that operations tell of. */
export const entityStores = {
  inspection: 'inspections',
  capture: 'captures',
  analysis: 'analyses',
  finding: 'findings',
  review: 'reviews',
} as const satisfies Record<Operation['entity'], StoreName>;
