import type { Pipeline } from "./pipeline.ts";
import { LONGEST_MESSAGE_SECONDS, type WorkerPolicy } from "./worker-policy.ts";

/** What a worker's entry says that cannot be true, each in words that follow the entry's name. */
export function workerProblems(pipeline: Pipeline): string[] {
  const { worker } = pipeline;
  if (worker === undefined) return [];
  return [
    sourceProblem(pipeline),
    boundsProblem(worker),
    absenceProblem(pipeline, worker),
    timeProblem("timeout.jobSeconds", pipeline.timeout.jobSeconds),
    timeProblem("retry.maxBackoffSeconds", pipeline.retry.maxBackoffSeconds),
    stepsProblem(worker),
    ...(worker.schedule ?? []).map(scheduleProblem),
  ].filter((problem) => problem !== undefined);
}

function sourceProblem({ source }: Pipeline): string | undefined {
  if (source.type === "queue") return undefined;
  return `worker is the service that takes the messages of a queue, and the source is of type "${source.type}"; leave worker out or make the source { type: "queue" }`;
}

function boundsProblem({ min, max }: WorkerPolicy): string | undefined {
  if (min <= max) return undefined;
  return `worker.min ${min} is more than worker.max ${max}; raise max or lower min`;
}

/** Messages wake the first task, requests do not. */
function absenceProblem(
  { loadBalancer }: Pipeline,
  { min, schedule = [] }: WorkerPolicy,
): string | undefined {
  if (loadBalancer === undefined || min > 0 || schedule.some((hours) => (hours.min ?? 0) > 0))
    return undefined;
  return "worker.min 0 lets the last task go while the queue is empty, and the load balancer would then answer 503 for good; raise it to 1, or give worker.schedule hours with a min";
}

function timeProblem(option: string, seconds: number): string | undefined {
  if (seconds <= LONGEST_MESSAGE_SECONDS) return undefined;
  return `${option} ${seconds} is more than ${LONGEST_MESSAGE_SECONDS}, and SQS holds a message for 12 hours and no longer; lower it, or let an upload or a request make such jobs`;
}

/** Each rung begins where the one before it ends. */
function stepsProblem({ steps = [] }: WorkerPolicy): string | undefined {
  const wrong = steps.find(({ waiting }, index) => index > 0 && waiting <= (steps[index - 1]?.waiting ?? 0));
  if (wrong === undefined) return undefined;
  return `worker.steps must be in rising order, and waiting ${wrong.waiting} is not above the one before it`;
}

function scheduleProblem({
  at,
  min,
  max,
}: NonNullable<WorkerPolicy["schedule"]>[number]): string | undefined {
  if (min === undefined && max === undefined) {
    return `worker.schedule at ${at} changes nothing; give it a min, a max or both`;
  }
  if (min === undefined || max === undefined || min <= max) return undefined;
  return `worker.schedule at ${at} has min ${min} above max ${max}; raise max or lower min`;
}
