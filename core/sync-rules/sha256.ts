/**
 * SHA-256 without waiting: WebCrypto's digest is asynchronous, and inside an IndexedDB transaction
 * nothing but its own requests may be awaited. For operations' bodies, not for photos. Source: FIPS 180-4.
 */
export function sha256Hex(text: string): string {
  const words = padded(text);
  const hash = new Uint32Array(INITIAL);
  const schedule = new Uint32Array(64);
  for (let block = 0; block < words.length; block += 16) {
    schedule.set(words.subarray(block, block + 16));
    compress(hash, schedule);
  }
  return Array.from(hash, (word) => word.toString(16).padStart(8, '0')).join('');
}

/** Message, one bit, zeros and the length in bits, as big-endian words. */
function padded(text: string): Uint32Array {
  const bytes = utf8(text);
  const size = Math.ceil((bytes.length + 9) / 64) * 64;
  const view = new DataView(new ArrayBuffer(size));
  for (const [place, byte] of bytes.entries()) view.setUint8(place, byte);
  view.setUint8(bytes.length, 0x80);
  view.setUint32(size - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(size - 4, (bytes.length * 8) >>> 0);
  return Uint32Array.from({ length: size / 4 }, (_, place) => view.getUint32(place * 4));
}

/** core has no TextEncoder; a lone surrogate becomes U+FFFD, as there. */
function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const read = character.codePointAt(0) ?? 0;
    const point = read >= 0xd800 && read <= 0xdfff ? 0xfffd : read;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), tail(point));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), tail(point >> 6), tail(point));
    else bytes.push(0xf0 | (point >> 18), tail(point >> 12), tail(point >> 6), tail(point));
  }
  return bytes;
}

const tail = (bits: number): number => 0x80 | (bits & 0x3f);

function compress(hash: Uint32Array, w: Uint32Array): void {
  for (let t = 16; t < 64; t++) {
    w[t] = at(w, t - 16) + small(at(w, t - 15), 7, 18, 3) + at(w, t - 7) + small(at(w, t - 2), 17, 19, 10);
  }
  let [a, b, c, d, e, f, g, h] = Array.from(hash) as Eight;
  for (let t = 0; t < 64; t++) {
    const chosen = (e & f) ^ (~e & g);
    const first = (h + big(e, 6, 11, 25) + chosen + at(ROUND, t) + at(w, t)) | 0;
    const second = (big(a, 2, 13, 22) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  for (const [place, word] of [a, b, c, d, e, f, g, h].entries()) hash[place] = at(hash, place) + word;
}

/** The hash has eight words by construction. */
type Eight = [number, number, number, number, number, number, number, number];

const at = (words: Uint32Array, place: number): number => words[place] ?? 0;
const turn = (x: number, by: number): number => (x >>> by) | (x << (32 - by));
const big = (x: number, p: number, q: number, r: number): number => turn(x, p) ^ turn(x, q) ^ turn(x, r);
const small = (x: number, p: number, q: number, r: number): number => turn(x, p) ^ turn(x, q) ^ (x >>> r);

/** The first primes, whose roots' fractions are the constants. */
const PRIMES = Array.from({ length: 312 }, (_, n) => n).filter(
  (n) => n > 1 && Array.from({ length: n }, (_, d) => d).every((d) => d < 2 || n % d !== 0),
);
const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32);
const INITIAL = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUND = Uint32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
