import { describe, expect, it } from "@jest/globals";
import type { FaultKind } from "./engine/faults.ts";
import { Cloud } from "./world/cloud.ts";
import { type Sabotage, World } from "./world/world.ts";
import { Workload } from "./world/workload.ts";

const MINUTE_MS = 60_000;
const NO_FAULTS: ReadonlySet<FaultKind> = new Set();
const FILES = 10;
const MOST_ROUNDS = 10;
const MOST_WORLDS = 240;
const TWO_SWEEPS_MINUTES = 10;
/** What a job takes where nothing is lost, also one that has to wait for those before it. */
const USUAL_MINUTES = 6;
const BEARABLE_MINUTES = USUAL_MINUTES + TWO_SWEEPS_MINUTES;

type QueueName = "taskEventsQueue" | "wakeQueue" | "dispatchQueue";

interface How {
  readonly sabotage?: Sabotage;
  readonly minutesApart?: number;
  /** Other worlds for the same messages. */
  readonly round?: number;
}

/**
 * A world in which nothing goes wrong but that one message is lost, the n-th of its queue.
 * @returns whether there was such a message, and how many minutes the job took that took longest
 */
async function worldThatLoses(
  queueName: QueueName,
  nth: number,
  { sabotage = {}, minutesApart = 3.5, round = 0 }: How = {},
): Promise<{ isLost: boolean; longestMinutes: number }> {
  // Only what is tried again is woken for later.
  const nature = queueName === "wakeQueue" ? "flaky" : "good";
  const world = new World({ seed: round * MOST_WORLDS + nth, kinds: NO_FAULTS, nature, sabotage });
  const cloud = new Cloud(world);
  let sent = 0;
  lose(cloud[queueName], () => (sent += 1) === nth);
  const workload = new Workload(cloud, 0);
  workload.begin();
  // One by one: of a burst each makes good what was lost of the one before it.
  for (let file = 1; file <= FILES; file += 1)
    world.time.after(file * minutesApart * MINUTE_MS, () => workload.upload(`images/lone-${file}.bin`));
  const endMs = world.startMs + (FILES * minutesApart + 65) * MINUTE_MS;
  await world.time.run(() => world.time.nowMs > endMs);
  const minutes = [...world.jobs.allJobs()]
    .filter(({ source }) => source.type === "upload")
    .map(
      ({ createdAt, endedAt }) => (Date.parse(endedAt ?? "9999-01-01") - Date.parse(createdAt)) / MINUTE_MS,
    );
  return { isLost: sent >= nth, longestMinutes: Math.max(...minutes) };
}

function lose<Queue extends { send(...given: never[]): void }>(queue: Queue, isLost: () => boolean): void {
  const send = queue.send.bind(queue);
  queue.send = (...given) => {
    if (!isLost()) send(...given);
  };
}

/**
 * Each message that a queue is given, lost in a world of its own; looks no further than for the first job that takes more than
 * `bearable` minutes.
 * @returns the most minutes that a job took in any of them
 */
async function longestOf(
  queueName: QueueName,
  bearable: number,
  how?: How,
): Promise<{ worlds: number; minutes: number }> {
  let minutes = 0;
  for (let nth = 1; ; nth += 1) {
    const { isLost, longestMinutes } = await worldThatLoses(queueName, nth, how);
    if (!isLost || nth > MOST_WORLDS || minutes > bearable) return { worlds: nth - 1, minutes };
    minutes = Math.max(minutes, longestMinutes);
  }
}

describe("A single message that is lost", () => {
  it.each(["taskEventsQueue", "wakeQueue", "dispatchQueue"] as const)(
    "in the %s costs a file no more than two sweeps, whichever message it is",
    async (queueName) => {
      const { worlds, minutes } = await longestOf(queueName, BEARABLE_MINUTES);

      // One wake-up may do for two files.
      expect(worlds).toBeGreaterThanOrEqual(FILES / 2);
      expect(minutes).toBeLessThan(BEARABLE_MINUTES);
    },
  );

  it("costs more where sweep does not wake dispatch", async () => {
    const sabotage: Sabotage = {
      ports: (ports, actor) =>
        actor.name.startsWith("sweep")
          ? { ...ports, wakeUps: { ...ports.wakeUps, now: async () => undefined } }
          : ports,
    };

    // So far apart that the next file does not make good what was lost of the one before it.
    let longest = 0;
    // Whatever else wakes dispatch, as ticks do, makes it good in most worlds.
    for (let round = 0; round < MOST_ROUNDS && longest <= BEARABLE_MINUTES; round += 1) {
      const how = { sabotage, minutesApart: 25, round };
      longest = (await longestOf("dispatchQueue", BEARABLE_MINUTES, how)).minutes;
    }

    expect(longest).toBeGreaterThan(BEARABLE_MINUTES);
  });
});
