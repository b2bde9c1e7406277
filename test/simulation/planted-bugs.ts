import { lastAttempt } from "#core/jobs/job.ts";
import type { Job } from "#core/jobs/job.ts";
import type { SaveResult } from "#core/ports/job-store.ts";
import type { Run } from "#core/runs/run.ts";
import { policyBugs } from "./planted-policy-bugs.ts";
import { instead, withJobs, withLauncher, withRuns } from "./planted-ports.ts";
import type { Ports } from "./world/ports.ts";
import type { Sabotage } from "./world/world.ts";

/** Writes whatever stands there. */
async function overwrite(jobs: Ports["jobs"], job: Job): Promise<SaveResult<Job>> {
  const standing = await jobs.readJob(job.jobId);
  return jobs.saveJob({ ...job, revision: (standing?.revision ?? 0) + 1 });
}

function withoutVersion(run: Run): Run {
  const { taskVersion: _, ...rest } = run;
  return rest;
}

/** As if its task had not come to it. */
function withoutBeginning(job: Job): Job {
  const attempts = job.attempts.map((attempt) => {
    const { startedAt: _, ...rest } = attempt;
    return rest;
  });
  return { ...job, attempts };
}

/** One answer of BatchGetItem where the jobs are large; the rest comes as UnprocessedKeys. */
const FIRST_ANSWER = 25;
const NEVER = "9999-01-01T00:00:00.000Z";

/** What somebody might get wrong, each as it would look from outside; the simulation has to see every one. */
export const plantedBugs: Readonly<Record<string, Sabotage>> = {
  ...policyBugs,
  "no client token": {
    ports: (ports, actor) =>
      withLauncher(ports, (launcher) => ({
        launch: (request) =>
          launcher.launch({ ...request, clientToken: `${actor.name}-${actor.random.next()}` }),
      })),
  },
  "no conditional write of jobs": {
    ports: (ports) => withJobs(ports, (jobs) => ({ saveJob: (job) => overwrite(jobs, job) })),
  },
  "a duplicate writes its job anew": {
    ports: (ports) => withJobs(ports, (jobs) => ({ createJob: (job) => overwrite(jobs, job) })),
  },
  // Only who settles: in dispatch it would make smaller packs and no harm.
  "what a batch leaves over is not settled": {
    ports: (ports, actor) =>
      actor.name.startsWith("dispatch")
        ? ports
        : withJobs(ports, (jobs) => ({ readJobs: (jobIds) => jobs.readJobs(jobIds.slice(0, FIRST_ANSWER)) })),
  },
  "detail.version ignored": {
    ports: (ports) =>
      withRuns(ports, (runs) => ({
        readRun: async (runId) => {
          const run = await runs.readRun(runId);
          return run === undefined ? undefined : withoutVersion(run);
        },
      })),
  },
  "failures[] ignored": {
    ports: (ports) =>
      withLauncher(ports, (launcher) => ({
        launch: async (request) => {
          const result = await launcher.launch(request);
          if (result.type !== "failed") return result;
          return { type: "launched", taskArn: `arn:${request.startedBy}`, lastStatus: "PROVISIONING" };
        },
      })),
  },
  "a missing exit code is zero": {
    taskEventBody: (body) => {
      const event = JSON.parse(body) as { detail: { lastStatus: string; containers: object[] } };
      if (event.detail.lastStatus !== "STOPPED") return body;
      const containers = event.detail.containers.map((container) => ({ exitCode: 0, ...container }));
      return JSON.stringify({ ...event, detail: { ...event.detail, containers } });
    },
  },
  "sweep is off": { withoutSweep: true },
  "the inventory is off": { withoutInventory: true },
  "wake-ups are lost for ever": {
    ports: (ports) => ({ ...ports, wakeUps: { now: async () => undefined, later: async () => undefined } }),
  },
  "no attempt in the result's key": {
    ports: (ports) => ({
      ...ports,
      results: { put: (object) => ports.results.put({ ...object, key: object.key.replace(/\/\d+\//, "/") }) },
    }),
  },
  "the flight is removed first": {
    ports: (ports) =>
      withRuns(ports, (runs) => ({
        saveRun: async (run) => {
          if (run.state === "STOPPED" || run.state === "GIVEN_UP") await runs.removeFlight(run.runId);
          return runs.saveRun(run);
        },
      })),
  },
  "the flight is added after the launch": {
    ports: (ports) => {
      const kept = new Map<string, Parameters<Ports["runs"]["addFlight"]>[0]>();
      return withRuns(ports, (runs) => ({
        addFlight: async (flight) => {
          kept.set(flight.runId, flight);
        },
        markLaunched: async (runId) => {
          const flight = kept.get(runId);
          if (flight !== undefined) await runs.addFlight(flight);
          await runs.markLaunched(runId);
        },
      }));
    },
  },
  "a duplicate event makes a new job": {
    intakeBody: (body, world) =>
      body.replace(/"version-id":"v\d+"/, () => `"version-id":"v${Math.floor(world.random.next() * 1e9)}"`),
  },
  "a retry is never due": {
    ports: (ports) =>
      withJobs(ports, (jobs) => ({
        saveJob: (job) =>
          jobs.saveJob(
            job.state === "RUNNABLE" && job.attempts.length > 0 ? { ...job, notBefore: NEVER } : job,
          ),
      })),
  },
  "told before it is published": {
    ports: (ports) => ({
      ...ports,
      announcements: {
        publish: async (announcements) => {
          for (const announcement of announcements) {
            if (!("job" in announcement)) continue;
            const { job } = announcement;
            const run = await ports.runs.readRun(lastAttempt(job)?.runId ?? "");
            if (run !== undefined)
              await ports.runs.saveRun({
                ...run,
                told: [...run.told, job.jobId],
                revision: run.revision + 1,
              });
          }
          await ports.announcements.publish(announcements);
        },
      },
    }),
  },
  "two slices of dispatch at once": { dispatchers: 2 },
  "other bytes at the second try": {
    ports: (ports, actor) =>
      withLauncher(ports, (launcher) => ({
        launch: (request) => launcher.launch({ ...request, cluster: `${request.cluster}/${actor.name}` }),
      })),
  },
  "an unknown launch counts as failed for good": {
    ports: (ports) =>
      withLauncher(ports, (launcher) => ({
        launch: async (request) => {
          const result = await launcher.launch(request);
          if (result.type !== "unknown") return result;
          return { type: "refused", errorName: "AccessDeniedException", message: "not authorized" };
        },
      })),
  },
  "every failure is mailed": {
    ports: (ports) => ({
      ...ports,
      notices: instead(ports.notices, {
        readBoard: async () => undefined,
        knowsFailure: async () => false,
        saveBoard: async () => ({ saved: true }),
      }),
    }),
  },
  "every failure counts as told": {
    ports: (ports) => ({
      ...ports,
      notices: instead(ports.notices, { knowsFailure: async () => true }),
    }),
  },
  "sequencers are read backwards": {
    intakeBody: (body) =>
      body.replace(/"sequencer":"(\d+)"/, (_, digits: string) => {
        const turned = String(10 ** 15 - Number(digits)).padStart(16, "0");
        return `"sequencer":"${turned}"`;
      }),
  },
  "a failed function's messages are deleted": {
    ports: (ports) =>
      withJobs(ports, (jobs) => ({
        saveJob: (job) => jobs.saveJob(job).catch(() => ({ saved: true })),
      })),
  },
  "it is not remembered where there was no room": {
    ports: (ports) => ({
      ...ports,
      pipelineStore: instead(ports.pipelineStore, { readHolds: async () => undefined }),
    }),
  },
  "a pause is not read": {
    ports: (ports) => ({
      ...ports,
      pipelineStore: instead(ports.pipelineStore, {
        readPipelines: async (names) => {
          const states = await ports.pipelineStore.readPipelines(names);
          return new Map([...states].map(([name, state]) => [name, { ...state, paused: false }]));
        },
      }),
    }),
  },
  "a limit that was lowered is not read": { maxVcpu: 6 },
  "whoever succeeds last is current": {
    ports: (ports) => ({
      ...ports,
      lines: instead(ports.lines, {
        readLine: async (objectId) => {
          const line = await ports.lines.readLine(objectId);
          if (line === undefined) return undefined;
          const { current: _, currentSequencer: __, ...rest } = line;
          return rest;
        },
      }),
    }),
  },
  "mail never goes out": {
    ports: (ports) => ({ ...ports, mail: { send: () => Promise.reject(new Error("SNS says no")) } }),
  },
  "a suspect is judged as if it were the only one": {
    ports: (ports, actor) =>
      withJobs(ports, (jobs) => ({
        readJobs: async (jobIds) => {
          const found = await jobs.readJobs(jobIds);
          if (!/^(track|sweep|dispatch)/.test(actor.name)) return found;
          const [suspect] = found.filter(({ state }) => state === "RUNNING");
          return found.map((job) => (job === suspect ? job : withoutBeginning(job)));
        },
      })),
  },
  "a deploy in the middle fails the jobs of its run": {
    ports: (ports) =>
      withLauncher(ports, (launcher) => ({
        launch: async (request) => {
          const result = await launcher.launch(request);
          const isRetired = result.type === "refused" && /inactive/.test(result.message);
          return isRetired ? { ...result, message: "Unable to find the task definition" } : result;
        },
      })),
  },
  "the rate of launches is not kept": { launchesPerSecond: 1000 },
  "caps are not kept": {
    ports: (ports) => withRuns(ports, () => ({ listFlights: async () => [] })),
  },
};
