import type { RunInputs, Session } from './runtime.ts';

/** A run on a lost device may never settle. */
export const failWhenLost = (session: Session, lost: Promise<string>): Session => ({
  ...session,
  run: (inputs: RunInputs) => untilLost(session.run(inputs), lost),
});

export const untilLost = <Value>(work: Promise<Value>, lost: Promise<string>): Promise<Value> =>
  Promise.race([
    work,
    lost.then((reason) => {
      throw new Error(reason);
    }),
  ]);
