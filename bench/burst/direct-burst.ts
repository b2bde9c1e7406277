import { runCostUsd } from "#core/settling/run-cost.ts";
import type { RunTaskRequest } from "#core/runs/run.ts";
import { Ecs } from "#test/simulation/aws/ecs.ts";
import { Faults } from "#test/simulation/engine/faults.ts";
import { seededRandom } from "#test/simulation/engine/random.ts";
import { VirtualTime } from "#test/simulation/engine/virtual-time.ts";
import { type BurstFigures, lowerBoundSeconds, type Scenario, TASK_SIZE, WORK_MS } from "./scenario.ts";

/** As the pattern that AWS publishes has it (aws-samples/serverless-patterns, S3 to Fargate). */
const RETRIES = 3;
const MAX_EVENT_AGE_MS = 7_200_000;

/**
 * The shape that everybody copies: a rule that starts a task for each object. EventBridge repeats a throttled call; a call that was
 * answered with failures[], and a task that did not start, count as delivered.
 */
export async function directBurst(scenario: Scenario): Promise<BurstFigures> {
  const { files, uploadSeconds, quotas } = scenario;
  const time = new VirtualTime(0);
  const random = seededRandom("direct burst");
  const laws = { time, random, faults: new Faults(random, new Set()) };
  const done = new Map<string, number>();
  let calls = 0;
  let failedStarts = 0;
  let costUsd = 0;
  let lastDoneMs = 0;
  const ecs = new Ecs({
    laws,
    quotas,
    vcpuOf: () => TASK_SIZE.cpu / 1024,
    emit: () => undefined,
    programOf:
      () =>
      async ({ actor, environment }) => {
        await actor.sleep(random.between(...WORK_MS));
        const file = environment.get("FILE") ?? "";
        done.set(file, (done.get(file) ?? 0) + 1);
        lastDoneMs = time.nowMs;
        return 0;
      },
    observer: {
      runTaskCalled: () => (calls += 1),
      taskMade: () => undefined,
      befallen: () => undefined,
      taskStopped: ({ snapshot }) => {
        if (snapshot.stopCode === "TaskFailedToStart") failedStarts += 1;
        // Fargate bills from the start of the pull.
        if (snapshot.pullStartedAt === undefined) return;
        const from = new Date(snapshot.pullStartedAt);
        costUsd += runCostUsd({ size: TASK_SIZE, architecture: "ARM64", spot: false, from, to: time.now() });
      },
    },
  });
  const invoke = (file: number, retriesLeft: number, sinceMs: number): void => {
    const result = ecs.runTask(requestFor(file));
    if (result.type !== "refused" || retriesLeft === 0 || time.nowMs - sinceMs > MAX_EVENT_AGE_MS) return;
    const waitMs = random.between(0.5, 1) * 30_000 * 2 ** (RETRIES - retriesLeft);
    time.after(waitMs, () => invoke(file, retriesLeft - 1, sinceMs));
  };
  for (let file = 0; file < files; file += 1) {
    const atMs = random.between(0, uploadSeconds * 1000);
    time.after(atMs, () => invoke(file, RETRIES, atMs));
  }
  await time.run(() => false);
  return {
    shape: "direct rule",
    files,
    vcpuQuota: quotas.vcpu,
    lost: files - done.size,
    doubled: [...done.values()].filter((times) => times > 1).length,
    runTaskCalls: calls,
    throttledShare: ecs.throttled / calls,
    tasks: ecs.tasks.size,
    failedStarts,
    secondsToDrain: Math.round(lastDoneMs / 1000),
    lowerBoundSeconds: lowerBoundSeconds(scenario, 1, 1),
    costUsd,
  };
}

/** EventBridge's ECS target has no client token of its own; each event is another call. */
function requestFor(file: number): RunTaskRequest {
  return {
    cluster: "simulation",
    taskDefinition: "simulation-direct:1",
    count: 1,
    clientToken: `event-${file}`,
    startedBy: `events-rule/${file}`,
    capacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }],
    networkConfiguration: {
      awsvpcConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-1"], assignPublicIp: "DISABLED" },
    },
    overrides: {
      containerOverrides: [{ name: "main", environment: [{ name: "FILE", value: String(file) }] }],
    },
    propagateTags: "TASK_DEFINITION",
  };
}
