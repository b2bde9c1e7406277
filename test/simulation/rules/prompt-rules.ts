import { pipelineOfKey } from "#core/pipelines/pipeline.ts";
import { EVERY_PIPELINE, moreFrom } from "#core/planning/launch-holds.ts";
import { tasksLeft } from "#core/planning/room.ts";
import type { World } from "../world/world.ts";

const LOOK_EVERY_MS = 5000;
/** From S3's event over two queues, each with its wait, and a pack's window; and then some. Far less than until the next sweep. */
const PROMPT_MS = 30_000;

/**
 * Rule 6: where nothing goes wrong and there is room all the while, a lone file is on its way to a task within seconds. Sweep would
 * heal a lost wake-up too, and nobody would notice but those who wait.
 */
export async function watchLoneFile(jobId: string, key: string, world: World): Promise<void> {
  const pipeline = pipelineOfKey(world.stage.pipelines, key);
  if (pipeline === undefined || world.faults.raging) return;
  for (let waitedMs = 0; waitedMs < PROMPT_MS; waitedMs += LOOK_EVERY_MS) {
    const { maxVcpu, stage } = world;
    const flights = await world.runs.listFlights();
    const room = tasksLeft(pipeline, flights, { ...stage, maxVcpu });
    const isPaused = (await world.pipelineStore.readPipeline(pipeline.name))?.paused === true;
    const holds = await world.pipelineStore.readHolds();
    const isHeld = [EVERY_PIPELINE, pipeline.name].some((scope) => moreFrom(holds, scope, world.time.now()));
    if (room < 1 || isPaused || isHeld) return;
    await world.time.sleep(LOOK_EVERY_MS);
    if ((world.jobs.standing(jobId)?.attempts.length ?? 0) > 0) return;
  }
  const what = `not on its way ${PROMPT_MS / 1000} s after its upload, with room for it all the while`;
  world.history.violate({ rule: "a-lone-file-is-prompt", what, jobId });
}
