import { isTerminal } from "#core/jobs/job.ts";
import { definePipelines } from "#core/pipelines/define-pipelines.ts";
import { Cloud } from "#test/simulation/world/cloud.ts";
import { objectCreated } from "#test/simulation/world/events.ts";
import { UPLOADS_BUCKET } from "#test/simulation/world/pipelines.ts";
import { World } from "#test/simulation/world/world.ts";
import { runUntilQuiet } from "../run-until-quiet.ts";
import {
  arrivalsOf,
  type BurstFigures,
  lowerBoundSeconds,
  ownLowerBoundSeconds,
  type Scenario,
  TASK_SIZE,
  type Tell,
  WORK_MS,
} from "./scenario.ts";

/** Our own cap stays a little under the addresses, as an operator sets it who knows his subnets. */
const ADDRESS_SHARE = 0.95;

/** The real use cases under the burst. Nothing is injected: what fails, fails by the quotas. */
export async function slipwayBurst(
  contender: string,
  scenario: Scenario,
  filesATask: number,
  tell: Tell,
): Promise<BurstFigures> {
  const begunAt = performance.now();
  const { quotas } = scenario;
  const maxTasks = Math.max(1, Math.floor(Math.min(quotas.vcpu, quotas.addresses * ADDRESS_SHARE)));
  const pipelines = definePipelines({
    images: {
      source: { type: "upload", prefix: "images/" },
      task: "media",
      size: TASK_SIZE,
      pack: { maxJobs: filesATask, windowSeconds: filesATask === 1 ? 0 : 2 },
      capacity: { type: "on-demand", maxTasks },
    },
  });
  const stage = { pipelines, maxVcpu: quotas.vcpu, quotas, workMs: WORK_MS };
  const world = new World({ seed: 1, kinds: new Set(), stage, withoutStories: true });
  const cloud = new Cloud(world);
  const times = arrivalsOf(scenario);
  let uploaded = 0;
  times.forEach((atMs, file) => {
    world.time.after(atMs, () => {
      uploaded += 1;
      const object = { bucket: UPLOADS_BUCKET, key: `images/${file}.jpg`, sizeBytes: 200_000 };
      cloud.toIntake(objectCreated(world.objects.put(object)), "at-least-once");
    });
  });
  await runUntilQuiet(
    { world, cloud },
    () => uploaded === times.length,
    () => tell({ virtualMs: world.time.nowMs - world.startMs, done: world.workRules.doneJobs }),
  );
  return figuresOf(cloud, {
    contender,
    scenario,
    filesATask,
    lastUploadSeconds: (times.at(-1) ?? 0) / 1000,
    simulatedInSeconds: (performance.now() - begunAt) / 1000,
  });
}

function figuresOf(
  cloud: Cloud,
  of: {
    contender: string;
    scenario: Scenario;
    filesATask: number;
    lastUploadSeconds: number;
    simulatedInSeconds: number;
  },
): BurstFigures {
  const { world, ecs } = cloud;
  const { contender, scenario, filesATask, lastUploadSeconds, simulatedInSeconds } = of;
  const { files } = scenario.arrivals;
  const jobs = [...world.jobs.allJobs()];
  const runs = [...world.runs.allRuns()];
  const done = jobs.filter(({ state }) => state === "SUCCEEDED");
  const lastEnd = jobs
    .filter((job) => isTerminal(job))
    .reduce((latest, { endedAt = "" }) => Math.max(latest, Date.parse(endedAt)), 0);
  const calls = world.launchRules.calls;
  return {
    scenario: scenario.name,
    contender,
    files,
    vcpuQuota: scenario.quotas.vcpu,
    lost: files - done.length,
    doubled: world.workRules.doubled,
    runTaskCalls: calls,
    throttledShare: ecs.throttled / calls,
    failuresShare: ecs.failed / calls,
    tasks: ecs.tasks.size,
    failedStarts: [...ecs.tasks.values()].filter(({ snapshot }) => snapshot.stopCode === "TaskFailedToStart")
      .length,
    secondsToDrain: Math.round((lastEnd - world.startMs) / 1000),
    lowerBoundSeconds: lowerBoundSeconds(scenario, lastUploadSeconds),
    ownLowerBoundSeconds: ownLowerBoundSeconds(scenario, filesATask, lastUploadSeconds),
    costUsd: runs.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0),
    simulatedInSeconds,
  };
}
