/** Decoded RGBA of this many pixels takes 800 MB; more is a pixel bomb or a mistake. */
export const PIXEL_LIMIT = 200_000_000;
