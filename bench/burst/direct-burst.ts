import { runCostUsd } from "#core/settling/run-cost.ts";
import type { RunTaskRequest } from "#core/runs/run.ts";
import { Ecs } from "#test/simulation/aws/ecs.ts";
import { Faults } from "#test/simulation/engine/faults.ts";
import { seededRandom } from "#test/simulation/engine/random.ts";
import { VirtualTime } from "#test/simulation/engine/virtual-time.ts";
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

/** What EventBridge does with a throttled call. */
interface RetryPolicy {
  readonly retries: number;
  readonly maxAgeMs: number;
}

/** As the pattern that AWS publishes has it (aws-samples/serverless-patterns, S3 to Fargate). */
export const PUBLISHED_PATTERN: RetryPolicy = { retries: 3, maxAgeMs: 2 * 3_600_000 };
/** What a rule does that says nothing of it: 185 times in a day. */
export const RULE_DEFAULT: RetryPolicy = { retries: 185, maxAgeMs: 24 * 3_600_000 };

/** The back-off of EventBridge is not published; this one doubles and does not grow beyond a quarter of an hour. */
const FIRST_WAIT_MS = 30_000;
const MAX_WAIT_MS = 900_000;

/**
 * The shape that everybody copies: a rule that starts a task for each object. EventBridge repeats a throttled call; a call that was
 * answered with failures[], and a task that did not start, count as delivered.
 */
export async function directBurst(
  contender: string,
  scenario: Scenario,
  policy: RetryPolicy,
  tell: Tell,
): Promise<BurstFigures> {
  const begunAt = performance.now();
  const { quotas } = scenario;
  const time = new VirtualTime(0);
  const random = seededRandom("direct burst");
  const laws = { time, random, faults: new Faults(random, new Set()) };
  const done = new Map<string, number>();
  let calls = 0;
  let failures = 0;
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
  const invoke = (file: number, retried: number, sinceMs: number): void => {
    const result = ecs.runTask(requestFor(file));
    if (result.type === "failed") failures += 1;
    if (result.type !== "refused" || retried === policy.retries) return;
    const waitMs = random.between(0.5, 1) * Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** retried);
    if (time.nowMs + waitMs - sinceMs > policy.maxAgeMs) return;
    time.after(waitMs, () => invoke(file, retried + 1, sinceMs));
  };
  const times = arrivalsOf(scenario);
  times.forEach((atMs, file) => time.after(atMs, () => invoke(file, 0, atMs)));
  await time.run(() => {
    tell({ virtualMs: time.nowMs, done: done.size });
    return false;
  });
  const lastUploadSeconds = (times.at(-1) ?? 0) / 1000;
  return {
    scenario: scenario.name,
    contender,
    files: times.length,
    vcpuQuota: quotas.vcpu,
    lost: times.length - done.size,
    doubled: [...done.values()].filter((often) => often > 1).length,
    runTaskCalls: calls,
    throttledShare: ecs.throttled / calls,
    failuresShare: failures / calls,
    tasks: ecs.tasks.size,
    failedStarts,
    secondsToDrain: Math.round(lastDoneMs / 1000),
    lowerBoundSeconds: lowerBoundSeconds(scenario, lastUploadSeconds),
    ownLowerBoundSeconds: ownLowerBoundSeconds(scenario, 1, lastUploadSeconds),
    costUsd,
    simulatedInSeconds: (performance.now() - begunAt) / 1000,
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
