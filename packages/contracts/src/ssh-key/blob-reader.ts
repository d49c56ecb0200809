/** Reads the wire format of SSH (RFC 4251 §5): fields that begin with their length. Nothing is read beyond the end. */
export class BlobReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** Of the field that was read last. */
  lastLength = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Undefined when the field is cut short. */
  bytes(): Uint8Array | undefined {
    if (this.#at + 4 > this.#bytes.length) return undefined;
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, 4);
    const length = view.getUint32(0);
    const end = this.#at + 4 + length;
    if (end > this.#bytes.length) return undefined;
    const field = this.#bytes.subarray(this.#at + 4, end);
    this.#at = end;
    this.lastLength = length;
    return field;
  }

  text(): string | undefined {
    const field = this.bytes();
    return field && String.fromCharCode(...field.subarray(0, 256));
  }

  /** An integer above zero (mpint), without its sign byte; undefined for one that is not written as short as can be. */
  positive(): Uint8Array | undefined {
    const field = this.bytes();
    if (!field?.length) return undefined;
    const [first = 0, second = 0] = field;
    if (first >= 0x80) return undefined;
    if (first !== 0) return field;
    return field.length > 1 && second >= 0x80 ? field.subarray(1) : undefined;
  }
}
