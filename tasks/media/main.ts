import { BadInput } from "#flow/work-errors.ts";
import { runTask } from "#runtime/task-runner.ts";
import { useThreads } from "#runtime/pictures/decoder.ts";
import { describeImage } from "./task.ts";

await runTask(async ({ input, results, signal, processors }) => {
  if (input === undefined) throw new BadInput("The media task works on uploads, and this job has none.");
  useThreads(processors);
  return describeImage(input.path, results, signal);
});
