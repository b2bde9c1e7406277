import { setTimeout as sleep } from "node:timers/promises";
import { isTerminal } from "#core/jobs/job.ts";
import { retryByPerson } from "#core/jobs/transitions.ts";
import { moveJob } from "#flow/save.ts";
import type { Operator } from "../../cli/operator.ts";
import type { MortalCloud } from "./mortal-cloud.ts";
import { depths, readTable, runningTasks } from "./observe.ts";

const POLL_MS = 1_000;
/** With nothing happening for this long, time is moved on to what happens next. */
const IDLE_MS = 4_000;
const STEP_MS = 5 * 60_000;

export interface Quiet {
  /** What did not come to an end before the deadline; empty where all is quiet. */
  readonly stuck: readonly string[];
  /** Jobs that deaths had cost all their attempts and that were given another, as their mail advises. */
  readonly retried: readonly string[];
  /** How far the cloud's clock was moved. */
  readonly movedMinutes: number;
}

interface QuietOptions {
  readonly uploads: number;
  /** By performance.now(). */
  readonly deadline: number;
  readonly show: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Waits until every upload's job has ended and nothing is under way any more. Where nothing happens for a moment the cloud's
 * clock goes on by the five minutes to the next sweep; twelve of them are the hour of the inventory.
 */
export async function awaitQuiet(
  cloud: MortalCloud,
  operator: Operator,
  { uploads, deadline, show, signal }: QuietOptions,
): Promise<Quiet> {
  const retried: string[] = [];
  let movedMinutes = 0;
  let last = { looks: "", since: performance.now() };
  for (;;) {
    const { ended, open, failed } = await look(operator, uploads);
    for (const jobId of failed) {
      if (await retry(operator, jobId)) retried.push(jobId);
    }
    if (open.length === 0) return { stuck: [], retried, movedMinutes };
    if (performance.now() > deadline) return { stuck: open, retried, movedMinutes };
    show(`${ended} of ${uploads} jobs have ended; ${open.join(", ")}`);
    const looks = `${ended} ${open.join()}`;
    if (looks !== last.looks) last = { looks, since: performance.now() };
    else if (performance.now() - last.since > IDLE_MS) {
      await cloud.control("clock", "advance", { milliseconds: STEP_MS });
      movedMinutes += STEP_MS / 60_000;
      last = { looks, since: performance.now() };
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** What is still open, each in a few words; ticks of the inventory count too. */
async function look(operator: Operator, uploads: number) {
  const { jobs } = await readTable(operator);
  const flights = await operator.runs.listFlights();
  const queues = (await depths(operator)).filter(({ isDeadLetters }) => !isDeadLetters);
  const tasks = await runningTasks(operator);
  const own = jobs.filter(({ source }) => source.type === "upload");
  const ended = own.filter(isTerminal).length;
  const failed = own.flatMap(({ jobId, state, failure }) =>
    state === "FAILED" && failure?.retry !== "no" ? [jobId] : [],
  );
  const open = [
    ...(ended < uploads ? [`${uploads - ended} jobs to go`] : []),
    ...(failed.length > 0 ? [`${failed.length} jobs that a person has to retry`] : []),
    ...(flights.length > 0 ? [`${flights.length} runs in flight`] : []),
    ...(tasks > 0 ? [`${tasks} tasks`] : []),
    ...queues.flatMap(({ queue, messages }) => (messages > 0 ? [`${messages} messages in ${queue}`] : [])),
  ];
  return { ended, open, failed };
}

async function retry(operator: Operator, jobId: string): Promise<boolean> {
  const job = await operator.jobs.readJob(jobId);
  if (job === undefined) return false;
  const result = await moveJob(operator.jobs, job, (current) => retryByPerson(current, new Date()));
  await operator.wakeUps.now();
  return result?.moved === true;
}
