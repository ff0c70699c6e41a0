/** What the harness page offers to the tests and benchmarks that drive it. Plain JSON both ways. */
export interface StorageHarness {
  /** Resolves after the start-up scrub with its report, or rejects with the failure. */
  open(): Promise<ScrubSummary>;
  /** Saves without end, telling `acknowledged` (a binding) of each save that the store called durable. */
  work(seed: number): Promise<never>;
  state(): Promise<KeptState>;
  /** Milliseconds of each of `count` saves of a record of about 1 KB. */
  timeRecords(count: number): Promise<number[]>;
  timePhotos(count: number, bytes: number): Promise<number[]>;
  /** Saves records of some 25 kB until one is refused; resolves with how many were saved. */
  fill(limit: number): Promise<{ saved: number; refusedWith: string | undefined }>;
  savePhoto(bytes: number): Promise<string>;
  /** A database of planted versions, through the app's own connection: fills version 1. */
  plant(rows: number): Promise<void>;
  /** Takes it to version 3: every row is rewritten, then indexed. */
  upgrade(): Promise<void>;
  /** As it lies there, whatever its version: how many rows of each form. */
  planted(): Promise<PlantedState>;
}

export interface PlantedState {
  readonly version: number;
  readonly rows: Readonly<Record<string, number>>;
  readonly isIndexed: boolean;
}

export interface ScrubSummary {
  readonly loss: string | undefined;
  readonly replayed: number;
  readonly leftovers: number;
  readonly quarantined: number;
  readonly isSpaceLow: boolean;
  readonly recovered: readonly string[];
  readonly missing: readonly string[];
  readonly unplaced: readonly string[];
}

export interface Acknowledged {
  readonly entity: 'inspection' | 'capture' | 'analysis' | 'review';
  readonly id: string;
}

export interface KeptState {
  readonly inspections: readonly string[];
  readonly captures: readonly { id: string; inspectionId: string; sha256: string; isWhole: boolean }[];
  readonly analyses: readonly string[];
  readonly reviews: readonly string[];
  readonly operations: readonly { opId: string; seq: number; entity: string; id: string; kind: string }[];
  readonly waiting: number;
}
