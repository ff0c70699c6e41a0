import { createHash, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

/** Tokens and codes are random enough that a plain hash cannot be turned back. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

export const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');
