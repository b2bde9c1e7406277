import { incompleteBody } from "./errors.ts";

/** No client writes a longer chunk header or trailer line. */
const MAX_LINE_BYTES = 8 * 1024;

/**
 * Decodes an aws-chunked body: `<hex size>[;chunk-signature=...]\r\n<bytes>\r\n` ... `0\r\n<trailers>\r\n`. Trailers are
 * handed out once the body is over. Chunk signatures are not verified: they prove the operator's secret, which is any.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export async function* decodeChunked(
  body: AsyncIterable<Uint8Array>,
  onTrailer: (name: string, value: string) => void,
): AsyncGenerator<Uint8Array> {
  const reader = new LineReader(body);
  for (;;) {
    const header = await reader.line();
    const digits = /^([0-9a-fA-F]+)(?:;.*)?$/.exec(header ?? "")?.[1];
    if (digits === undefined) throw incompleteBody();
    const size = Number.parseInt(digits, 16);
    if (size === 0) break;
    yield* reader.bytes(size);
    if ((await reader.line()) !== "") throw incompleteBody();
  }
  for (let line = await reader.line(); line !== undefined && line !== ""; line = await reader.line()) {
    const colon = line.indexOf(":");
    if (colon > 0) onTrailer(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  await reader.drain();
}

class LineReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#source = body[Symbol.asyncIterator]();
  }

  /** The next line without its CRLF, or undefined at the end of the body. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf("\r\n");
      if (end >= 0) {
        const line = this.#rest.toString("latin1", 0, end);
        this.#rest = this.#rest.subarray(end + 2);
        return line;
      }
      if (this.#rest.length > MAX_LINE_BYTES) throw incompleteBody();
      const next = await this.#next();
      if (next === undefined) {
        if (this.#rest.length > 0) throw incompleteBody();
        return undefined;
      }
      this.#rest = Buffer.concat([this.#rest, next]);
    }
  }

  async *bytes(count: number): AsyncGenerator<Uint8Array> {
    let left = count;
    while (left > 0) {
      if (this.#rest.length === 0) {
        const next = await this.#next();
        if (next === undefined) throw incompleteBody();
        this.#rest = next;
      }
      const taken = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(taken.length);
      left -= taken.length;
      if (taken.length > 0) yield taken;
    }
  }

  /** Reads what is left, so that the connection can be used again. */
  async drain(): Promise<void> {
    while ((await this.#next()) !== undefined);
  }

  async #next(): Promise<Buffer | undefined> {
    const { done, value } = await this.#source.next();
    return done === true ? undefined : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
}
