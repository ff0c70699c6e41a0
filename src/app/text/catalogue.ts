import type { en } from './en.ts';

type Texts<Tree> = {
  readonly [Key in keyof Tree]: Tree[Key] extends string ? string : Texts<Tree[Key]>;
};

/** What every language has to say; a key that one of them lacks, or has too many, fails the type check. */
export type Catalogue = Texts<typeof en>;
