import type { ModelFile, PackPart } from '../contract/model-manifest.ts';

/** The files that one way of running a pack needs. */
export const partsOf = (file: ModelFile): readonly PackPart[] =>
  [file, file.weights, file.scout].filter((part) => part !== undefined);
