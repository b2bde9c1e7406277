import { type Rule, anyOf } from "./rule.ts";

/** Reasons that we give to StopTask ourselves; stoppedReason repeats them. */
export const STOP_REASONS = {
  timeout: "JOB_TIMEOUT: the run took longer than its pipeline allows",
  startTimeout: "START_TIMEOUT: the task did not start in time",
  cancelled: "JOB_CANCELLED: cancelled by a person",
  withoutRun: "TASK_WITHOUT_RUN: its run is over, or has another task",
} as const;

/** AWS takes a host out of service for its own reasons. */
const HOST_GOES = anyOf(
  /performing maintenance/,
  /maintenance on the (underlying|host|hardware|infrastructure)/,
  /platform version.*(retire|deprecat)/,
  /task retirement/,
  /retir.*\b(host|hardware)\b/,
  /\b(host|hardware)\b.*retir/,
  /host ec2/,
  /container instance.*(deregist|drain|unavailable|terminat)/,
  /(host|instance|infrastructure) (has )?(failed|became|is|was) (unhealthy|impaired|degraded|terminated)/,
  /(host|instance)[a-z ]{0,20} became unreachable/,
  /underlying (host|hardware|infrastructure)/,
);

/** Of a run, with any word before it (`runtime`); not real time, and no sentiment. */
const A_TIME = /(?<!real )time(?!nt)|duration|\bage\b/;

/** How people and tools word a limit of time of their own when they stop a task. */
const TIME_IS_UP = anyOf(
  /timed? out/,
  /deadline/,
  /expired/,
  /overdue/,
  /\bttl\b/,
  /(too|running) (long|old)/,
  /long running/,
  /old age/,
  /\b(stuck|hung)\b/,
  new RegExp(`(max|limit|exceed|(?<!un)reach).*(${A_TIME.source})`),
  new RegExp(`(${A_TIME.source}).*(limit|exceed|(?<!un)reach)`),
  /\b\d+([.,]\d+)? (h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?|days?)\b/,
);

const SPOT = /(?<![a-z])spot(?![a-z])/i;

const timeout = {
  class: "timeout",
  retry: "no",
  happened: "The run took longer than it may and was stopped",
  advice: "Raise timeout.runSeconds in pipelines.ts, or find out in the log what the task waits for.",
} as const;

const hostGone = {
  class: "platform",
  retry: "yes",
  happened: "AWS took the machine under the task out of service",
  advice: "Do nothing: the jobs run again on another machine.",
} as const;

const stopped = {
  class: "cancelled",
  retry: "no",
  happened: "A person or a tool stopped the task",
  advice: "Retry the jobs when they are wanted again.",
} as const;

const spotTaken = {
  class: "spot-interruption",
  retry: "yes",
  happened: "AWS took the Spot capacity back",
  advice: "Do nothing: the jobs run again; run the pipeline on demand if it happens too often.",
} as const;

const scaledIn = {
  class: "scaling",
  retry: "no",
  happened: "The service replaced the task: it was unhealthy, or the service scales or deploys",
  advice: "Do nothing: the service starts another task; look at its health check if it goes on.",
} as const;

/** What the stop code says; it beats the exit code. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html */
export const stopCodeRules: readonly Rule[] = [
  // As with a job that its own task stopped in time: the pipeline's attempts are the bound.
  { text: /^JOB_TIMEOUT/i, ...timeout, retry: "yes" },
  {
    text: /^START_TIMEOUT/i,
    class: "platform",
    retry: "yes",
    happened: "The task did not start in time and was stopped",
    advice:
      "Do nothing at first; if it goes on, look at the free addresses of the subnets and at the size of the image.",
  },
  { text: /^JOB_CANCELLED/i, ...stopped },
  {
    text: /^TASK_WITHOUT_RUN/i,
    class: "platform",
    retry: "yes",
    happened: "The task had no run to work at and was stopped",
    advice: "Do nothing: what it was to do is done by another task.",
  },
  { stopCode: ["SpotInterruption"], ...spotTaken },
  { text: anyOf(/your spot task was interrupted/), ...spotTaken },
  { stopCode: ["UserInitiated"], text: HOST_GOES, ...hostGone },
  { stopCode: ["UserInitiated"], text: TIME_IS_UP, ...timeout },
  { stopCode: ["UserInitiated"], ...stopped },
  { stopCode: ["ServiceSchedulerInitiated"], text: HOST_GOES, ...hostGone },
  { stopCode: ["ServiceSchedulerInitiated"], ...scaledIn },
  { stopCode: ["TerminationNotice", "InfrastructureHealth"], text: SPOT, ...spotTaken },
  { stopCode: ["TerminationNotice", "InfrastructureHealth"], ...hostGone },
];

/** The same causes where no stop code came with the text. */
export const stopTextRules: readonly Rule[] = [
  {
    text: anyOf(
      /spot interruption/,
      new RegExp(`${SPOT.source}.*(interrupt|reclaim|terminat|taken back|preempt)`),
      new RegExp(`(interrupt|reclaim|terminat|preempt).*${SPOT.source}`),
    ),
    ...spotTaken,
  },
  { text: anyOf(HOST_GOES, /(?<!remote )\b(host|instance) (was |is |has been )?terminated/), ...hostGone },
  {
    text: anyOf(
      /\b(task|job|run|step|attempt|execution) (has |was )?timed out(?! waiting)/,
      /states\.timeout/,
      /(duration|run time|execution time|time limit) (was |has been |is )?exceeded/,
      /exceeded (its |the )?(max(imum)? )?(allowed )?(run time|duration|deadline|time limit|time out)/,
    ),
    ...timeout,
  },
  {
    text: anyOf(
      /scaling activity/,
      /health checks?\b/,
      /is unhealthy/,
      /rolled? back/,
      /circuit breaker/,
      /rebalancing/,
      /deployment ecs-svc/,
      /draining connections/,
      /reached a steady state/,
      /protected tasks/,
      /service scheduler/,
      /has stopped \d+ running tasks/,
    ),
    ...scaledIn,
  },
  {
    text: anyOf(/(stopped|cancell?ed|terminated|killed) by (the |a |an )?(user|operator|person|admin)/),
    ...stopped,
  },
];
