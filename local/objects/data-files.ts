import { randomBytes } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { constants, copyFile, open } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Segment } from "./records.ts";

const READ_BYTES = 256 * 1024;
/** Up to this size a file is written and read at once: the ways to a thread and back would cost more than the bytes. */
const SMALL_BYTES = 64 * 1024;

/**
 * The bytes of objects: files with random names, written once and never changed. A file counts only once the index
 * names it, so one that a crash left half written is invisible and goes with the next start.
 */
export class DataFiles {
  readonly #folder: string;
  /** How many readers a file has; one that is discarded meanwhile goes with its last reader. */
  readonly #readers = new Map<string, number>();
  readonly #discarded = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
    for (let shard = 0; shard < 256; shard += 1) {
      mkdirSync(join(folder, shard.toString(16).padStart(2, "0")), { recursive: true });
    }
  }

  /** Writes a stream to a new file, each chunk seen first by `watch`. What fails leaves nothing behind. */
  async write(
    body: AsyncIterable<Uint8Array>,
    watch: (chunk: Uint8Array) => void = () => undefined,
  ): Promise<{ file: string; size: number }> {
    const file = randomBytes(16).toString("hex");
    const chunks = body[Symbol.asyncIterator]();
    const beginning: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const { value, done } = await chunks.next();
      if (done === true) break;
      watch(value);
      size += value.length;
      beginning.push(value);
      if (size <= SMALL_BYTES) continue;
      const rest = { [Symbol.asyncIterator]: () => chunks };
      return { file, size: await this.#writeLarge(file, beginning, rest, watch) };
    }
    try {
      writeFileSync(this.#path(file), Buffer.concat(beginning), { flag: "wx" });
    } catch (error) {
      rmSync(this.#path(file), { force: true });
      throw error;
    }
    return { file, size };
  }

  async #writeLarge(
    file: string,
    beginning: readonly Uint8Array[],
    rest: AsyncIterable<Uint8Array>,
    watch: (chunk: Uint8Array) => void,
  ): Promise<number> {
    const handle = await open(this.#path(file), "wx");
    let size = 0;
    // While one chunk goes to the disk the next one comes in and is digested.
    let writing = Promise.resolve();
    const write = async (chunk: Uint8Array): Promise<void> => {
      size += chunk.length;
      await writing;
      writing = writeAll(handle, chunk);
      // A failure is met at the next await; until then it must not count as one that nobody handles.
      writing.catch(() => undefined);
    };
    try {
      for (const chunk of beginning) await write(chunk);
      for await (const chunk of rest) {
        watch(chunk);
        await write(chunk);
      }
      await writing;
    } catch (error) {
      await writing.catch(() => undefined);
      await handle.close();
      this.discard([file]);
      throw error;
    }
    await handle.close();
    return size;
  }

  /** A second file with the same bytes, shared on disk where the file system can. */
  async copy(file: string): Promise<string> {
    const copy = randomBytes(16).toString("hex");
    await copyFile(this.#path(file), this.#path(copy), constants.COPYFILE_FICLONE);
    return copy;
  }

  /** The bytes `start` to `end` (inclusive) of the segments in a row. */
  read(segments: readonly Segment[], start: number, end: number): Readable {
    const wanted = cut(segments, start, end);
    for (const { file } of wanted) this.#readers.set(file, (this.#readers.get(file) ?? 0) + 1);
    const stream = Readable.from(this.#chunks(wanted), { objectMode: false, highWaterMark: READ_BYTES });
    // Also where nobody ever read: a generator that was not started has no finally.
    stream.once("close", () => wanted.forEach(({ file }) => this.#release(file)));
    return stream;
  }

  /** The same at once, where they are few enough. */
  readSmall(segments: readonly Segment[], start: number, end: number): Buffer | undefined {
    if (end - start >= SMALL_BYTES) return undefined;
    return Buffer.concat(cut(segments, start, end).map((wanted) => this.#readCut(wanted)));
  }

  /** Removes files that the index no longer names. */
  discard(files: Iterable<string>): void {
    for (const file of files) {
      if (this.#readers.has(file)) this.#discarded.add(file);
      else unlinkSync(this.#path(file));
    }
  }

  /** Removes what no record names: the remains of a crash. @returns how many files went */
  sweep(named: ReadonlySet<string>): number {
    let removed = 0;
    for (const shard of readdirSync(this.#folder)) {
      for (const file of readdirSync(join(this.#folder, shard))) {
        if (named.has(file)) continue;
        unlinkSync(join(this.#folder, shard, file));
        removed += 1;
      }
    }
    return removed;
  }

  async *#chunks(wanted: readonly Cut[]): AsyncGenerator<Buffer> {
    for (const { file, from, length } of wanted) {
      await using handle = await open(this.#path(file), "r");
      let at = from;
      let left = length;
      while (left > 0) {
        const buffer = Buffer.allocUnsafe(Math.min(left, READ_BYTES));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) throw tooShort(file);
        yield buffer.subarray(0, bytesRead);
        at += bytesRead;
        left -= bytesRead;
      }
    }
  }

  #readCut({ file, from, length }: Cut): Buffer {
    const buffer = Buffer.allocUnsafe(length);
    const handle = openSync(this.#path(file), "r");
    try {
      for (let at = 0; at < length;) {
        const bytesRead = readSync(handle, buffer, at, length - at, from + at);
        if (bytesRead === 0) throw tooShort(file);
        at += bytesRead;
      }
    } finally {
      closeSync(handle);
    }
    return buffer;
  }

  #release(file: string): void {
    const left = (this.#readers.get(file) ?? 1) - 1;
    if (left > 0) {
      this.#readers.set(file, left);
      return;
    }
    this.#readers.delete(file);
    if (this.#discarded.delete(file)) this.discard([file]);
  }

  #path(file: string): string {
    return join(this.#folder, file.slice(0, 2), file);
  }
}

interface Cut {
  readonly file: string;
  readonly from: number;
  readonly length: number;
}

const tooShort = (file: string): Error => new Error(`the data file ${file} is shorter than the index says`);

function cut(segments: readonly Segment[], start: number, end: number): Cut[] {
  const cuts: Cut[] = [];
  let offset = 0;
  for (const { file, size } of segments) {
    const from = Math.max(start - offset, 0);
    const until = Math.min(end - offset + 1, size);
    if (from < until) cuts.push({ file, from, length: until - from });
    offset += size;
  }
  return cuts;
}

async function writeAll(handle: Awaited<ReturnType<typeof open>>, chunk: Uint8Array): Promise<void> {
  let at = 0;
  while (at < chunk.length) at += (await handle.write(chunk, at)).bytesWritten;
}
