import { createWriteStream } from "node:fs";
import { mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { DISK_HEADROOM_BYTES } from "#core/pipelines/pipeline.ts";
import { ObjectGoneError } from "#core/ports/source-objects.ts";
import type { ObjectName, SourceObjects } from "#core/ports/source-objects.ts";
import { hopOf } from "#core/recursion/hops.ts";
import { BadInput, Misconfigured, TryAgain } from "#flow/work-errors.ts";

/** An object on the task's disk; the folder goes when the job is done. */
export interface InputFile extends AsyncDisposable {
  /** A name of our own: keys may hold anything, "../" too. */
  readonly path: string;
  readonly sizeBytes: number;
  /** How many tasks lie behind the object. */
  readonly hop: number;
}

interface Waiter {
  readonly bytes: number;
  readonly admitted: PromiseWithResolvers<void>;
}

/** The disk that the jobs of a pack share. A download waits until the others leave room for it. */
export class TaskDisk {
  readonly #sources: SourceObjects;
  readonly #capacity: number;
  #used = 0;
  readonly #waiters: Waiter[] = [];

  constructor(sources: SourceObjects, capacityBytes: number) {
    this.#sources = sources;
    this.#capacity = capacityBytes;
  }

  /** A disk as large as the task was given, or as much of it as is free. */
  static async measure(sources: SourceObjects, givenBytes: number): Promise<TaskDisk> {
    const { bavail, bsize } = await statfs(tmpdir());
    return new TaskDisk(sources, Math.max(0, Math.min(givenBytes, bavail * bsize) - DISK_HEADROOM_BYTES));
  }

  /**
   * Downloads one object version, as soon as there is room for it.
   * @param maxHops how many tasks may lie behind it
   * @throws BadInput where it is gone or can never fit; Misconfigured where too many tasks lie behind it; TryAgain where the
   *   download failed
   */
  async fetch(version: ObjectName, maxHops: number, signal: AbortSignal): Promise<InputFile> {
    const { sizeBytes } = version;
    if (sizeBytes > this.#capacity) {
      throw new BadInput(
        `The object has ${sizeBytes} bytes, and the task's disk has room for ${this.#capacity}; give the pipeline more ephemeralStorageGiB.`,
      );
    }
    await this.#reserve(sizeBytes, signal);
    const folder = await mkdtemp(path.join(tmpdir(), "slipway-"));
    const release = async (): Promise<void> => {
      await rm(folder, { recursive: true, force: true });
      this.#free(sizeBytes);
    };
    const file = path.join(folder, "input");
    try {
      const hop = await this.#download({ version, file, maxHops, signal });
      return { path: file, sizeBytes, hop, [Symbol.asyncDispose]: release };
    } catch (error) {
      await release();
      throw error;
    }
  }

  /**
   * Downloads the version of a key that is the newest now; otherwise as fetch does.
   * @throws BadInput also where there is no such object
   */
  async fetchNewest(
    object: { bucket: string; key: string },
    maxHops: number,
    signal: AbortSignal,
  ): Promise<InputFile> {
    return this.fetch(await this.#newest(object, signal), maxHops, signal);
  }

  async #newest(object: { bucket: string; key: string }, signal: AbortSignal): Promise<ObjectName> {
    try {
      return await this.#sources.newest(object, signal);
    } catch (error) {
      if (!(error instanceof ObjectGoneError))
        throw new TryAgain(`The object could not be looked up: ${String(error)}`, { cause: error });
      throw new BadInput("There is no object with this key, or the task may not read it.", { cause: error });
    }
  }

  /** @returns the object's hop */
  async #download(wanted: {
    version: ObjectName;
    file: string;
    maxHops: number;
    signal: AbortSignal;
  }): Promise<number> {
    const { version, file, maxHops, signal } = wanted;
    try {
      const { stream, metadata } = await this.#sources.open(version, signal);
      const hop = hopOf(metadata);
      if (hop > maxHops) {
        stream.destroy();
        throw new Misconfigured(
          `The object is the output of ${hop} tasks in a row, and maxHops allows ${maxHops}: results come back as uploads.`,
        );
      }
      await pipeline(stream, withExactly(version.sizeBytes), createWriteStream(file), { signal });
      return hop;
    } catch (error) {
      if (error instanceof Misconfigured) throw error;
      if (error instanceof ObjectGoneError) {
        throw new BadInput(
          `The object version cannot be read; it was deleted or overwritten before its turn, or the task may not read it (${error.message}).`,
          { cause: error },
        );
      }
      throw new TryAgain(`The object could not be downloaded: ${String(error)}`, { cause: error });
    }
  }

  /** First come, first served, so that a large file is not overtaken for ever. */
  async #reserve(bytes: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const waiter: Waiter = { bytes, admitted: Promise.withResolvers<void>() };
    this.#waiters.push(waiter);
    const leave = (): void => {
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      waiter.admitted.reject(signal.reason);
      this.#admit();
    };
    signal.addEventListener("abort", leave);
    this.#admit();
    try {
      await waiter.admitted.promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  #free(bytes: number): void {
    this.#used -= bytes;
    this.#admit();
  }

  #admit(): void {
    for (
      let [next] = this.#waiters;
      next !== undefined && this.#used + next.bytes <= this.#capacity;
      [next] = this.#waiters
    ) {
      this.#used += next.bytes;
      this.#waiters.shift();
      next.admitted.resolve();
    }
  }
}

/** Passes exactly as many bytes as were announced, so that no download takes more disk than it reserved. */
function withExactly(sizeBytes: number) {
  return async function* count(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let seen = 0;
    for await (const chunk of chunks) {
      seen += chunk.length;
      if (seen > sizeBytes) throw new Error(`more than ${sizeBytes} bytes came`);
      yield chunk;
    }
    if (seen < sizeBytes) throw new Error(`${seen} of ${sizeBytes} bytes came`);
  };
}
