import { once } from "node:events";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { type Judgement, judgeSeed } from "./judge-seed.ts";
import type { SeedOptions } from "./simulate.ts";

/** A world makes much that lives for a moment only; with room for it less of it is looked at twice. */
const YOUNG_GENERATION_MB = 64;
const NOTHING_TO_TRANSFER: [] = [];

/** Worlds share nothing, so each thread takes the next seed when it is done with one. Judgements come in no order. */
export async function judgeSeeds(
  seeds: Generator<SeedOptions>,
  threads: number,
  onJudgement: (judgement: Judgement) => void,
): Promise<void> {
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB };
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL(import.meta.url), { resourceLimits }),
  );
  const judge = async (worker: Worker): Promise<void> => {
    for (const options of seeds) {
      worker.postMessage(options, NOTHING_TO_TRANSFER);
      const [judgement] = (await once(worker, "message")) as [Judgement];
      onJudgement(judgement);
    }
  };
  try {
    await Promise.all(workers.map(judge));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

if (!isMainThread) {
  parentPort?.on("message", (options: SeedOptions) => {
    void judgeSeed(options).then((judgement) => parentPort?.postMessage(judgement, NOTHING_TO_TRANSFER));
  });
}
