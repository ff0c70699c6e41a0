/** Reads of numbers that give undefined beyond the end, so that a cut-off file needs no special cases. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.#bytes.length;
  }

  u8(at: number): number | undefined {
    return this.#bytes[at];
  }

  u16(at: number, little = false): number | undefined {
    return this.#has(at, 2) ? this.#view.getUint16(at, little) : undefined;
  }

  u24(at: number, little = false): number | undefined {
    if (!this.#has(at, 3)) return undefined;
    const [first = 0, middle = 0, last = 0] = this.#bytes.subarray(at, at + 3);
    return little ? first | (middle << 8) | (last << 16) : (first << 16) | (middle << 8) | last;
  }

  u32(at: number, little = false): number | undefined {
    return this.#has(at, 4) ? this.#view.getUint32(at, little) : undefined;
  }

  i32(at: number, little = false): number | undefined {
    return this.#has(at, 4) ? this.#view.getInt32(at, little) : undefined;
  }

  /** One character a byte; shorter or empty beyond the end. */
  ascii(at: number, length: number): string {
    return String.fromCharCode(...this.#bytes.subarray(at, Math.min(at + length, this.#bytes.length)));
  }

  slice(at: number, length: number): ByteReader {
    return new ByteReader(this.#bytes.subarray(at, at + length));
  }

  #has(at: number, length: number): boolean {
    return at >= 0 && at + length <= this.#bytes.length;
  }
}
