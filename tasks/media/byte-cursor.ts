import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

const WINDOW_BYTES = 64 * 1024;

/** Walks forward through a file of any size with one small buffer. */
export class ByteCursor implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #size: number;
  #window = Buffer.alloc(0);
  #windowStart = 0;
  #position = 0;

  private constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.#size = size;
  }

  static async open(path: string): Promise<ByteCursor> {
    const file = await open(path, "r");
    const { size } = await file.stat();
    return new ByteCursor(file, size);
  }

  get atEnd(): boolean {
    return this.#position >= this.#size;
  }

  /** The next `count` bytes, or undefined where the file ends before. `count` is at most 64 KiB. */
  async read(count: number): Promise<Buffer | undefined> {
    if (this.#position + count > this.#size) return undefined;
    const offset = this.#position - this.#windowStart;
    if (offset < 0 || offset + count > this.#window.length) await this.#load(this.#position);
    const start = this.#position - this.#windowStart;
    this.#position += count;
    return this.#window.subarray(start, start + count);
  }

  /** Whether the skipped bytes are all there. */
  skip(count: number): boolean {
    this.#position += count;
    return this.#position <= this.#size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  async #load(from: number): Promise<void> {
    const buffer = Buffer.alloc(Math.min(WINDOW_BYTES, this.#size - from));
    const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, from);
    this.#window = buffer.subarray(0, bytesRead);
    this.#windowStart = from;
  }
}
