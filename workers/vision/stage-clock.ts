/** Milliseconds by stage of one analysis. */
export class StageClock {
  readonly times = { pack: 0, infer: 0, merge: 0 };
  /** What was done on this thread while a run was under way: a WASM run starts only after it. */
  #meanwhile = 0;

  time<Value>(stage: 'pack' | 'merge', work: () => Value): Value {
    const start = performance.now();
    const value = work();
    const took = performance.now() - start;
    this.times[stage] += took;
    this.#meanwhile += took;
    return value;
  }

  /**
   * Counts until the run has settled; less what was packed or merged meanwhile, unless that was done `beside` it,
   * as on a GPU.
   */
  async watch<Value>(run: Promise<Value>, beside = false): Promise<Value> {
    const start = performance.now();
    this.#meanwhile = 0;
    const value = await run;
    this.times.infer += performance.now() - start - (beside ? 0 : this.#meanwhile);
    return value;
  }
}
