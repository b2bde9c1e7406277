import { BadInput } from "#flow/work-errors.ts";
import { useThreads } from "#runtime/pictures/decoder.ts";
import { runWorker } from "#runtime/worker-runner.ts";
import { makeRendition } from "./task.ts";

await runWorker(async ({ job, uploads, results, signal, processors }) => {
  const { source } = job;
  if (source.type !== "queue" && source.type !== "request")
    throw new BadInput("The renditions task works on messages and requests, and this job is neither.");
  useThreads(processors);
  return makeRendition(source.input, { uploads, results, signal });
});
