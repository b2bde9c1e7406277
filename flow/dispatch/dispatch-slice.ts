import type { Flight } from "#core/runs/run.ts";
import { type NextLook, launchRun } from "./launch-run.ts";
import { type DispatchPorts, SLICE_RESERVE_MS } from "./ports.ts";
import { findWork, startRuns } from "./start-runs.ts";

/** SQS delays a message by at most 15 minutes. */
const MAX_WAKE_SECONDS = 900;
/** A flight without a run: the slice that wrote it first died long ago, or time will tell. */
const ORPHANED_FLIGHT_MS = 15 * 60_000;

/**
 * One slice of dispatch: takes up what an earlier slice left, launches what is due under the caps, and wakes itself for what is
 * due soon. Only one slice runs at a time (one message group); only dispatch moves a run before its task exists.
 */
export async function dispatchSlice(ports: DispatchPorts): Promise<void> {
  const looks: NextLook[] = [];
  const flights = await ports.runs.listFlights();
  for (const flight of flights.filter(({ launched }) => !launched)) {
    if (ports.remainingMs() < SLICE_RESERVE_MS) return ports.wakeUps.later(1);
    looks.push(await resume(flight, ports));
  }
  const standing = await ports.runs.listFlights();
  looks.push(...(await startRuns(await findWork(standing, ports), standing, ports)));
  looks.push(...(await nextDueTimes(ports)));
  await wakeFor(looks, ports);
}

async function resume(flight: Flight, ports: DispatchPorts): Promise<NextLook> {
  try {
    const run = await ports.runs.readRun(flight.runId);
    if (run !== undefined) return await launchRun(run, ports);
    if (ports.clock.now().getTime() - Date.parse(flight.createdAt) > ORPHANED_FLIGHT_MS) {
      await ports.runs.removeFlight(flight.runId);
    }
  } catch (error) {
    ports.log.error("A run could not be taken up", { runId: flight.runId, error: String(error) });
  }
  return undefined;
}

/** Retries wait in the table; who comes due within a quarter of an hour gets a wake-up, the rest is sweep's. */
async function nextDueTimes(ports: DispatchPorts): Promise<NextLook[]> {
  const now = ports.clock.now();
  const times = await Promise.all(
    Object.values(ports.pipelines).map(({ name, priority }) => ports.jobs.nextDue(name, priority)),
  );
  return times
    .filter((time) => time !== undefined)
    .map((time) => new Date(time))
    .filter((time) => time > now);
}

async function wakeFor(looks: readonly NextLook[], ports: DispatchPorts): Promise<void> {
  const times = looks.filter((look) => look !== undefined).map((look) => look.getTime());
  if (times.length === 0) return;
  const seconds = Math.ceil((Math.min(...times) - ports.clock.now().getTime()) / 1000);
  if (seconds <= MAX_WAKE_SECONDS) await ports.wakeUps.later(Math.max(1, seconds));
}
