import { fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";

export interface BareWork {
  readonly files: readonly string[];
  /** Takes the thumbnails. */
  readonly folder: string;
}

export interface BareFigures {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/**
 * The same work with nothing around it: the media task's own function on files that lie on disk, one after the other on each
 * processor, in one process, thumbnails written to a folder. The process' start is not counted.
 */
export async function bareLoop(work: BareWork): Promise<BareFigures> {
  const env = { ...process.env, UV_THREADPOOL_SIZE: String(Math.max(4, availableParallelism())) };
  const child = fork(join(import.meta.dirname, "bare-child.ts"), { env });
  child.send(work);
  const answer = once(child, "message") as Promise<[BareFigures]>;
  const ended = once(child, "exit").then(([code]) =>
    Promise.reject(new Error(`The bare loop ended with ${String(code)}.`)),
  );
  const [figures] = await Promise.race([answer, ended]);
  return figures;
}
