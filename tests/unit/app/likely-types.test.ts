import { expect, test } from 'vitest';
import type { Finding } from '../../../core/contract/records.ts';
import { likelyTypes } from '../../../src/app/likely-types.ts';

const given = (type: Finding['type'], state: Finding['state'] = 'accepted') => ({ type, state }) as Finding;

test.each<[string, readonly Finding[], readonly string[]]>([
  ['nothing yet', [], ['leading-edge-erosion', 'crack', 'flaking', 'lightning-mark']],
  [
    'what people gave comes in, and the usual keeps its place',
    [given('peeling'), given('peeling', 'edited'), given('crack')],
    ['leading-edge-erosion', 'crack', 'flaking', 'peeling'],
  ],
  [
    'what nobody confirmed says nothing',
    [given('pitting', 'proposed'), given('pitting', 'rejected'), given('unclassified')],
    ['leading-edge-erosion', 'crack', 'flaking', 'lightning-mark'],
  ],
])('%s', (_, findings, expected) => {
  expect(likelyTypes(findings, 'turbine')).toEqual(expected);
});
