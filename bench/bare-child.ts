import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { useThreads } from "#runtime/pictures/decoder.ts";
import { describeImage } from "../tasks/media/task.ts";
import type { BareFigures, BareWork } from "./bare-loop.ts";

const [{ files, folder }] = (await once(process, "message")) as [BareWork];
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
const cpuFrom = process.cpuUsage();
await Promise.all(Array.from({ length: availableParallelism() }, lane));
const { user, system } = process.cpuUsage(cpuFrom);
const seconds = (performance.now() - from) / 1000;
process.send?.({ seconds, cpuSeconds: (user + system) / 1e6 } satisfies BareFigures);
process.disconnect();
