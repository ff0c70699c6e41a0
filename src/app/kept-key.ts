let kept: CryptoKey | undefined;

/** For the rescue, which has to do without the store: the key that a person's PIN gave, in this page only. */
export const keepKey = (key: CryptoKey): void => void (kept = key);
export const keptKey = (): CryptoKey | undefined => kept;
