import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { useThreads } from "../tasks/media/decoder.ts";
import { describeImage } from "../tasks/media/task.ts";

/**
 * The same work with nothing around it: the media task's own function on files that lie on disk, one after the other on each
 * core, thumbnails written to a folder.
 * @returns milliseconds for all of them
 */
export async function bareLoop(files: readonly string[], folder: string): Promise<number> {
  useThreads(1);
  const waiting = files.entries();
  const lane = async (): Promise<void> => {
    for (const [index, file] of waiting) {
      const resultsFolder = join(folder, String(index));
      await mkdir(resultsFolder, { recursive: true });
      const put = async ({ name, body }: { name: string; body: Uint8Array }): Promise<string> => {
        const path = join(resultsFolder, name);
        await writeFile(path, body);
        return path;
      };
      await describeImage(file, { put }, new AbortController().signal);
    }
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return performance.now() - from;
}
