import { type Uploads, uploadsOf } from "#core/pipelines/pipeline.ts";
import type { PipelineState, SweepPosition } from "#core/ports/pipeline-store.ts";
import { sameValue } from "#core/same-value.ts";
import { noteUploads } from "../note-uploads.ts";
import { reviewNotices } from "../review-notices.ts";
import { reviewSilence } from "../review-silence.ts";
import { type SweepPorts, trying } from "./ports.ts";
import { refuseRemoved } from "./refuse-removed.ts";
import { sweepFlights } from "./sweep-flights.ts";
import { sweepStrays } from "./sweep-strays.ts";

/** CloudFormation gives a service's deployment three hours before it gives up. */
const LONGEST_DEPLOY_MS = 4 * 60 * 60_000;
/** Objects put while the very first deploy went on are work. */
const FIRST_DEPLOY_SLACK_MS = 60 * 60_000;

/**
 * Repairs whatever was lost; launches nothing itself. It wakes dispatch first, so that a tick that dies on the way has done so all the
 * same. What a tick has no time for the next one begins with.
 */
export async function sweep(ports: SweepPorts): Promise<void> {
  const { pipelineStore, wakeUps } = ports;
  const isWoken = await trying("Dispatch could not be woken", ports, () => wakeUps.now());
  await trying("The pipelines could not be introduced", ports, () => introducePipelines(ports));
  await trying("Work of removed pipelines was not looked for", ports, () => refuseRemoved(ports));
  let position: SweepPosition = { flights: "", tasks: "", notices: "" };
  await trying("It is not known where the last tick stopped", ports, async () => {
    position = await pipelineStore.readSweepPosition();
  });
  const goOn = async (part: keyof SweepPosition, stoppedAt: string): Promise<void> => {
    if (position[part] === stoppedAt) return;
    position = { ...position, [part]: stoppedAt };
    await pipelineStore.saveSweepPosition(position);
  };
  const known = new Set<string>();
  await trying("The flights could not be swept", ports, async () =>
    goOn("flights", await sweepFlights(position.flights, known, ports)),
  );
  await trying("The cluster's tasks could not be looked at", ports, async () =>
    goOn("tasks", await sweepStrays(position.tasks, known, ports)),
  );
  await trying("It was not looked whether work waits in silence", ports, () => reviewSilence(ports));
  await trying("The notices could not be reviewed", ports, async () =>
    goOn("notices", await reviewNotices(position.notices, ports)),
  );
  // Lambda repeats a tick that fails.
  if (!isWoken) await wakeUps.now();
}

/**
 * A pipeline's objects count from its first deploy, or the one that changed where they lie; the deploy writes that, and where it could
 * not, this does.
 */
async function introducePipelines({ pipelines, pipelineStore, clock }: SweepPorts): Promise<void> {
  const known = await pipelineStore.readPipelines(Object.keys(pipelines));
  const now = clock.now();
  for (const pipeline of Object.values(pipelines)) {
    const state = known.get(pipeline.name);
    const uploads = uploadsOf(pipeline);
    if (state === undefined) {
      const since = new Date(now.getTime() - FIRST_DEPLOY_SLACK_MS).toISOString();
      await pipelineStore.introducePipeline({ pipeline: pipeline.name, since, paused: false, uploads });
    } else if (isToBeNoted(state, uploads, now)) {
      await noteUploads(pipeline, { since: now, now }, pipelineStore);
    }
  }
}

/** A deploy that is pending may yet fail, and the next one's beginning counts; one that has begun so long ago is over. */
function isToBeNoted(
  { uploads: known, pending, since }: PipelineState,
  uploads: Uploads,
  now: Date,
): boolean {
  if (pending === true) return now.getTime() - Date.parse(since) > LONGEST_DEPLOY_MS;
  return !sameValue(known, uploads);
}
