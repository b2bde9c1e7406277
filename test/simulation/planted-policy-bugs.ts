import type { Attempt, Job } from "#core/jobs/job.ts";
import type { Run } from "#core/runs/run.ts";
import { instead, withJobs, withLauncher, without, withRuns } from "./planted-ports.ts";
import type { Ports } from "./world/ports.ts";
import type { Sabotage } from "./world/world.ts";

const AT_THE_END_OF_TIME = "9999-01-01T00:00:00.000Z";
const LONG_AGO = "2026-01-01T00:00:00.000Z";
const FOREVER_ON_SPOT = [{ capacityProvider: "FARGATE_SPOT", weight: 1 }] as const;

/** Every job is written as `change` has it. */
function writing(ports: Ports, change: (job: Job) => Job): Ports {
  return withJobs(ports, (jobs) => ({ saveJob: (job) => jobs.saveJob(change(job)) }));
}

function asIfOld(run: Run): Run {
  return {
    ...run,
    createdAt: LONG_AGO,
    firstLaunchAt: LONG_AGO,
    lastLaunchAt: LONG_AGO,
    startedAt: LONG_AGO,
  };
}

function asIfSmall(job: Job): Job {
  return job.source.type === "upload" ? { ...job, source: { ...job.source, sizeBytes: 1 } } : job;
}

function asPlatform(attempt: Attempt): Attempt {
  return attempt.outcome === "spot-interruption" ? { ...attempt, outcome: "platform" } : attempt;
}

/** What somebody might get wrong in admission, retry, repair and guards. */
export const policyBugs: Readonly<Record<string, Sabotage>> = {
  "flights of one partition are not read": {
    ports: (ports) =>
      withRuns(ports, (runs) => ({
        listFlights: async () =>
          (await runs.listFlights()).filter(({ runId }) => runId.charCodeAt(runId.length - 1) % 4 !== 0),
      })),
  },
  "the account's cap of tasks is not read": { maxTasks: 100 },
  "a tick does not see the one before it": {
    ports: (ports) =>
      withRuns(ports, (runs) => ({
        listFlights: async () => (await runs.listFlights()).filter(({ pipeline }) => pipeline !== "nightly"),
      })),
  },
  "nobody remembers the launches of a slow pipeline": {
    ports: (ports) => ({
      ...ports,
      pipelineStore: instead(ports.pipelineStore, { noteLaunch: async () => undefined }),
    }),
  },
  "an upload wakes nobody": {
    ports: (ports, actor) =>
      actor.name.startsWith("intake")
        ? { ...ports, wakeUps: { ...ports.wakeUps, now: async () => undefined } }
        : ports,
  },
  "a back-off is not waited for": {
    ports: (ports, actor) =>
      withJobs(ports, (jobs) => ({
        listDue: (query) => jobs.listDue({ ...query, dueBy: AT_THE_END_OF_TIME }),
        readJobs: async (jobIds) => {
          const found = await jobs.readJobs(jobIds);
          if (!actor.name.startsWith("dispatch")) return found;
          return found.map((job) => without("notBefore", job));
        },
      })),
  },
  "bad input is tried again": {
    ports: (ports) =>
      writing(ports, (job) =>
        job.reported === undefined ? job : { ...job, reported: { ...job.reported, tryAgain: true } },
      ),
  },
  "what cannot fit is launched": {
    ports: (ports, actor) =>
      actor.name.startsWith("dispatch")
        ? withJobs(ports, (jobs) => ({
            readJobs: async (jobIds) => (await jobs.readJobs(jobIds)).map(asIfSmall),
            saveJob: async (job) => {
              const { source = job.source } = (await jobs.readJob(job.jobId)) ?? {};
              return jobs.saveJob({ ...job, source });
            },
          }))
        : ports,
  },
  "a file that takes too long is at fault itself": {
    ports: (ports) =>
      writing(ports, (job) =>
        job.reported === undefined ? job : { ...job, reported: without("timedOut", job.reported) },
      ),
  },
  "out of memory is a crash like others": {
    taskEventBody: (body) => body.replaceAll(/OutOfMemoryError: [^"]*/g, "Error"),
  },
  "a guard counts nothing": {
    ports: (ports) => ({
      ...ports,
      pipelineStore: instead(ports.pipelineStore, { addToTally: async () => undefined }),
    }),
  },
  "a guard pauses in silence": {
    ports: (ports) => ({
      ...ports,
      announcements: {
        publish: (announcements) =>
          ports.announcements.publish(announcements.filter(({ type }) => type !== "Pipeline Paused")),
      },
    }),
  },
  "an unknown launch is planned anew at once": {
    ports: (ports) =>
      withLauncher(ports, (launcher) => ({
        launch: async (request) => {
          const result = await launcher.launch(request);
          if (result.type !== "unknown") return result;
          return { type: "failed", failures: [{ reason: "Capacity is unavailable at this time." }] };
        },
      })),
  },
  "a throttle is a failure": {
    ports: (ports) =>
      withLauncher(ports, (launcher) => ({
        launch: async (request) => {
          const result = await launcher.launch(request);
          if (result.type !== "refused" || !/rate exceeded/i.test(result.message)) return result;
          return { ...result, errorName: "InvalidParameterException", message: "No such subnet" };
        },
      })),
  },
  "the first launch is forgotten, and so the ten minutes": {
    ports: (ports) =>
      withRuns(ports, (runs) => ({
        saveRun: (run) => runs.saveRun(without("firstLaunchAt", run)),
      })),
  },
  "all tasks have one client token": {
    ports: (ports) =>
      withLauncher(ports, (launcher) => ({
        launch: (request) => launcher.launch({ ...request, clientToken: "slipway" }),
      })),
  },
  "a task without a run goes on": {
    ports: (ports) =>
      withLauncher(ports, (launcher) => ({
        stop: async (taskArn, reason) => {
          if (!reason.startsWith("TASK_WITHOUT_RUN")) await launcher.stop(taskArn, reason);
        },
      })),
  },
  "the ladder is not climbed": { ports: (ports) => writing(ports, (job) => without("size", job)) },
  "a suspect is not isolated": { ports: (ports) => writing(ports, (job) => without("alone", job)) },
  "an interruption counts as a try": {
    ports: (ports) => writing(ports, (job) => ({ ...job, attempts: job.attempts.map(asPlatform) })),
  },
  "who was interrupted twice stays on Spot": {
    ports: (ports) =>
      withRuns(ports, (runs) => ({
        createRun: (run) =>
          runs.createRun({
            ...run,
            spot: true,
            request: { ...run.request, capacityProviderStrategy: FOREVER_ON_SPOT },
          }),
      })),
  },
  "what a task says of a file is not heard": {
    ports: (ports, actor) =>
      withJobs(ports, (jobs) => ({
        readJobs: async (jobIds) => {
          const found = await jobs.readJobs(jobIds);
          if (!/^(track|sweep|dispatch)/.test(actor.name)) return found;
          return found.map((job) => without("reported", job));
        },
      })),
  },
  // Who plans asks of all pipelines, who takes up what was planned of those that it belongs to.
  "what was planned is launched in spite of a pause": {
    ports: (ports, _actor, world) => ({
      ...ports,
      pipelineStore: instead(ports.pipelineStore, {
        readPipelines: async (names) => {
          const states = await ports.pipelineStore.readPipelines(names);
          if (names.length === Object.keys(world.stage.pipelines).length) return states;
          return new Map([...states].map(([name, state]) => [name, { ...state, paused: false }]));
        },
      }),
    }),
  },
  "a person's retry does not look whether a task is at it yet": {
    ports: (ports, actor) =>
      actor.name.startsWith("person") ? withRuns(ports, () => ({ readRun: async () => undefined })) : ports,
  },
  "tasks that do not start are left alone": {
    ports: (ports) => withLauncher(ports, () => ({ stop: async () => undefined })),
  },
  "what DescribeTasks does not show yet is lost": {
    ports: (ports, actor) =>
      withRuns(ports, (runs) => ({
        readRun: async (runId) => {
          const run = await runs.readRun(runId);
          return run !== undefined && actor.name.startsWith("sweep") ? asIfOld(run) : run;
        },
      })),
  },
  "nobody notes that a run is launched": {
    ports: (ports) => withRuns(ports, () => ({ markLaunched: async () => undefined })),
  },
  "flights stay": { ports: (ports) => withRuns(ports, () => ({ removeFlight: async () => undefined })) },
  "what nobody can read is thrown away": {
    ports: (ports) => ({ ...ports, quarantine: { set: async () => undefined } }),
  },
};
