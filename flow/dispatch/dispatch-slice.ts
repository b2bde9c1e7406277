import type { Flight } from "#core/runs/run.ts";
import { ACCOUNT_LAUNCHES_PER_SECOND, LaunchBudget } from "#core/planning/launch-rate.ts";
import { isWithoutTask } from "#core/runs/transitions.ts";
import { HELD_BACK, heldBack } from "./held-back.ts";
import { giveUp, type NextLook, launchRun } from "./launch-run.ts";
import { afterError, type DispatchPorts, inASecond, SLICE_RESERVE_MS, type SlicePorts } from "./ports.ts";
import { findWork, type FoundWork } from "./find-work.ts";
import { startRuns } from "./start-runs.ts";

/** SQS delays a message by at most 15 minutes. */
const MAX_WAKE_SECONDS = 900;
/** An empty bucket is full again after that. */
const LONGEST_PAUSE_MS = 1000;
/** A flight without a run: the slice that wrote it first died long ago, or time will tell. */
const ORPHANED_FLIGHT_MS = 15 * 60_000;

/**
 * One slice of dispatch: takes up what an earlier slice left, launches what is due under the caps, and wakes itself for what is
 * due soon. Only one slice runs at a time (one message group); only dispatch moves a run before its task exists.
 */
export async function dispatchSlice(dispatch: DispatchPorts): Promise<void> {
  const { clock, limits } = dispatch;
  const budget = new LaunchBudget(limits.launchesPerSecond ?? ACCOUNT_LAUNCHES_PER_SECOND, clock.now());
  const ports: SlicePorts = { ...dispatch, budget };
  const flights = await ports.runs.listFlights();
  const unlaunched = flights.filter(({ launched }) => !launched);
  const looks: NextLook[] = [];
  const held = await whatIsHeld(unlaunched, flights, ports);
  if (held === undefined) looks.push(afterError(ports));
  else
    for (const flight of unlaunched) {
      if (ports.remainingMs() < SLICE_RESERVE_MS) return ports.wakeUps.later(1);
      looks.push(await resume(flight, held.has(flight.runId), ports));
    }
  const standing = unlaunched.length === 0 ? flights : await ports.runs.listFlights();
  looks.push(...(await startWhatIsDue(standing, ports)));
  await wakeFor(looks, ports);
  // The next slice may come at once, and begins with a full bucket.
  const fullInMs = budget.fullInMs(clock.now());
  if (fullInMs > 0) await ports.pause(fullInMs);
}

/** As long as only the rate holds it back it goes on: the way over the wake-up takes longer than the bucket. */
async function startWhatIsDue(standing: readonly Flight[], ports: SlicePorts): Promise<NextLook[]> {
  const looks: NextLook[] = [];
  const begun = new Set<string>();
  let flights = standing;
  for (;;) {
    const found = await findWork(flights, begun, ports);
    const started = await startRuns(found, flights, ports);
    looks.push(...found.looks, ...started.looks);
    if (!started.isCutShort) return [...looks, ...(await nextDueTimes(found, ports))];
    if (ports.remainingMs() < SLICE_RESERVE_MS + LONGEST_PAUSE_MS) return [...looks, inASecond(ports)];
    for (const jobId of started.jobIds) begun.add(jobId);
    await ports.pause(ports.budget.fullInMs(ports.clock.now()));
    flights = await ports.runs.listFlights();
  }
}

/** @returns undefined where it is not known: then nothing is taken up now, for what people have said counts */
async function whatIsHeld(
  unlaunched: readonly Flight[],
  flights: readonly Flight[],
  ports: DispatchPorts,
): Promise<ReadonlySet<string> | undefined> {
  if (unlaunched.length === 0) return new Set();
  try {
    return await heldBack(flights, ports);
  } catch (error) {
    ports.log.error("It is not known what may not be launched any more", { error: String(error) });
    return undefined;
  }
}

/** @param isHeldBack it certainly has no task, and is launched no more */
async function resume(flight: Flight, isHeldBack: boolean, ports: SlicePorts): Promise<NextLook> {
  try {
    const run = await ports.runs.readRun(flight.runId);
    if (isHeldBack && run !== undefined && isWithoutTask(run)) return await giveUp(run, HELD_BACK, ports);
    if (run !== undefined) return await launchRun(run, ports);
    if (ports.clock.now().getTime() - Date.parse(flight.createdAt) > ORPHANED_FLIGHT_MS) {
      await ports.runs.removeFlight(flight.runId);
    }
    return undefined;
  } catch (error) {
    ports.log.error("A run could not be taken up", { runId: flight.runId, error: String(error) });
    return afterError(ports);
  }
}

/** Retries wait in the table; who comes due within a quarter of an hour gets a wake-up, the rest is sweep's. */
async function nextDueTimes({ work, crowded }: FoundWork, ports: DispatchPorts): Promise<NextLook[]> {
  const pipelines = work.map(({ pipeline }) => pipeline.name).filter((name) => !crowded.has(name));
  if (pipelines.length === 0) return [];
  try {
    const times = await ports.jobs.nextDue(pipelines);
    const now = ports.clock.now();
    return [...times.values()].map((time) => new Date(time)).filter((time) => time > now);
  } catch (error) {
    ports.log.error("It is not known when there is work again", { error: String(error) });
    return [afterError(ports)];
  }
}

async function wakeFor(looks: readonly NextLook[], ports: DispatchPorts): Promise<void> {
  const times = looks.filter((look) => look !== undefined).map((look) => look.getTime());
  if (times.length === 0) return;
  const seconds = Math.ceil((Math.min(...times) - ports.clock.now().getTime()) / 1000);
  if (seconds <= MAX_WAKE_SECONDS) await ports.wakeUps.later(Math.max(1, seconds));
}
