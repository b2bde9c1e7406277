import { pipelines } from "#pipelines";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import type { WorkerPolicy } from "#core/pipelines/worker-policy.ts";
import { performJob } from "./perform-job.ts";
import { listenForStop, orExit } from "./process-signals.ts";
import type { StopSignals } from "./process-signals.ts";
import { QueueWorker } from "./queue-worker.ts";
import { readWorkerConfig, TaskConfigError } from "./task-config.ts";
import type { WorkerConfig } from "./task-config.ts";
import type { Work } from "./task-context.ts";
import { TaskDisk } from "./task-disk.ts";
import { readTaskArn } from "./task-identity.ts";
import { taskLog } from "./task-log.ts";
import { runTask } from "./task-runner.ts";
import { createWorkerPorts } from "./worker-ports.ts";

/**
 * Runs a worker in TypeScript: takes messages from its pipeline's queue, does the work of each and settles its job, until SIGTERM;
 * then ends the process. Exit code 0: asked to stop, and nothing is left under way; 1: the task's environment is wrong, or ECS does
 * not protect the task. Where it was started for one run (a job that a person has had tried again, or a request), it works at that.
 */
export async function runWorker(work: Work): Promise<never> {
  if (process.env["SLIPWAY_RUN_ID"] !== undefined) return runTask(work);
  const signals = listenForStop();
  const config = orExit(() => readWorkerConfig(process.env));
  const pipeline = orExit(() => pipelineOf(config.pipeline));
  await serve({ config, pipeline, work, signals }).catch((error: unknown) => {
    taskLog.error("The worker cannot go on", { error: String(error) });
    process.exit(1);
  });
  process.exit(0);
}

interface Served {
  readonly config: WorkerConfig;
  readonly pipeline: Pipeline & { readonly worker: WorkerPolicy };
  readonly work: Work;
  readonly signals: StopSignals;
}

async function serve({ config, pipeline, work, signals }: Served): Promise<void> {
  const ports = createWorkerPorts(config);
  const disk = await TaskDisk.measure(ports.sources, config.diskBytes);
  const policy = pipeline.worker;
  let leftBehind = 0;
  const perform: ConstructorParameters<typeof QueueWorker>[0]["perform"] = async (assignment, lost) => {
    let isWorking = false;
    const watched: Work = async (context) => {
      isWorking = true;
      try {
        return await work(context);
      } finally {
        isWorking = false;
      }
    };
    const outcome = await performJob(assignment, {
      work: watched,
      disk,
      results: ports.results,
      log: ports.log,
      timeoutMs: config.jobTimeoutMs,
      uploads: { bucket: config.uploadsBucket, folder: config.reads },
      maxHops: config.maxHops,
      processors: Math.max(1, Math.floor(pipeline.size.cpu / 1024 / policy.jobsAtOnce)),
      interrupted: AbortSignal.any([signals.interrupted, lost]),
    });
    if (isWorking) {
      leftBehind += 1;
      ports.log.warn("Work goes on after its time; the worker ends, for another to take its place");
    }
    return outcome;
  };
  const taskArn = await readTaskArn(config.metadataUrl);
  ports.log.info("Worker begins", { pipeline: pipeline.name, jobsAtOnce: policy.jobsAtOnce });
  await new QueueWorker(
    { pipeline, policy, taskArn, signals, perform, isSpoilt: () => leftBehind > 0 },
    ports,
  ).run();
  ports.log.info("Worker over", { pipeline: pipeline.name });
}

function pipelineOf(name: string): Served["pipeline"] {
  const pipeline = Object.hasOwn(pipelines, name) ? pipelines[name] : undefined;
  const worker = pipeline?.worker;
  if (pipeline === undefined || worker === undefined)
    throw new TaskConfigError(
      `pipelines.ts has no pipeline "${name}" with a queue as its source; deploy again.`,
    );
  return { ...pipeline, worker };
}
