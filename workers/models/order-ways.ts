import type { SelfTest, Way } from '../../core/contract/runtime.ts';
import type { RuntimeChoice } from '../runtimes/choose-runtime.ts';

export interface TestedWay {
  readonly choice: RuntimeChoice;
  readonly test: SelfTest | undefined;
}

/**
 * The ways that competed by themselves and those measured on request, best first: what a person chose, then
 * what passed by its time, then what was never tested in the order of the guess. What failed is left out.
 */
export function orderWays(
  ways: readonly TestedWay[],
  guess: readonly RuntimeChoice[],
  byHand: Way | undefined,
): readonly RuntimeChoice[] {
  const passed = ways.flatMap(({ choice, test }) => (test?.verdict === 'passed' ? [{ choice, test }] : []));
  const failed = ways.filter(({ test }) => test?.verdict === 'failed').map(({ choice }) => choice);
  const chosen = ways.map(({ choice }) => choice).filter((choice) => byHand && isWay(choice, byHand));
  const measured = passed.toSorted((a, b) => a.test.medianMs - b.test.medianMs).map(({ choice }) => choice);
  const untested = guess.filter((choice) => !failed.some((other) => isSameChoice(choice, other)));
  const order = [...chosen, ...measured, ...untested];
  return order.filter((choice, at) => order.findIndex((other) => isSameChoice(choice, other)) === at);
}

const isWay = ({ runtime, file }: RuntimeChoice, way: Way): boolean =>
  runtime === way.runtime && file.precision === way.precision;

export const isSameChoice = (a: RuntimeChoice, b: RuntimeChoice): boolean =>
  a.runtime === b.runtime && a.file.sha256 === b.file.sha256;
