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
  // No UTF-16 unit takes more than three bytes.
  const words = new Uint32Array(Math.ceil((text.length * 3 + 9) / 64) * 16);
  let length = 0;
  const put = (byte: number): void => {
    const place = length >> 2;
    words[place] = at(words, place) | (byte << (24 - (length & 3) * 8));
    length++;
  };
  writeUtf8(text, put);
  const bits = length * 8;
  put(0x80);
  const size = Math.ceil((length + 8) / 64) * 16;
  words[size - 2] = Math.floor(bits / 2 ** 32);
  words[size - 1] = bits >>> 0;
  return words.subarray(0, size);
}

/** core has no TextEncoder; a lone surrogate becomes U+FFFD, as there. */
function writeUtf8(text: string, put: (byte: number) => void): void {
  for (let place = 0; place < text.length; place++) {
    const read = text.codePointAt(place) ?? 0;
    const point = read >= 0xd800 && read <= 0xdfff ? 0xfffd : read;
    if (point < 0x80) {
      put(point);
      continue;
    }
    if (point < 0x800) put(0xc0 | (point >> 6));
    else if (point < 0x10000) put(0xe0 | (point >> 12));
    else put(0xf0 | (point >> 18));
    if (point >= 0x10000) put(tail(point >> 12));
    if (point >= 0x800) put(tail(point >> 6));
    put(tail(point));
    if (point >= 0x10000) place++;
  }
}

const tail = (bits: number): number => 0x80 | (bits & 0x3f);

/** Plain variables and no arrays in the rounds: destructuring made it 20 times slower. */
function compress(hash: Uint32Array, w: Uint32Array): void {
  for (let t = 16; t < 64; t++) {
    w[t] = at(w, t - 16) + small(at(w, t - 15), 7, 18, 3) + at(w, t - 7) + small(at(w, t - 2), 17, 19, 10);
  }
  let [a, b, c, d] = [at(hash, 0), at(hash, 1), at(hash, 2), at(hash, 3)];
  let [e, f, g, h] = [at(hash, 4), at(hash, 5), at(hash, 6), at(hash, 7)];
  for (let t = 0; t < 64; t++) {
    const chosen = (e & f) ^ (~e & g);
    const first = (h + big(e, 6, 11, 25) + chosen + at(ROUND, t) + at(w, t)) | 0;
    const second = (big(a, 2, 13, 22) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  for (const [place, word] of [a, b, c, d, e, f, g, h].entries()) hash[place] = at(hash, place) + word;
}

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
