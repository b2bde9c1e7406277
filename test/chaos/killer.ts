import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../simulation/engine/random.ts";
import type { MortalCloud } from "./mortal-cloud.ts";
import { descendantsOf, listProcesses, type SeenProcess, variableOf } from "./processes.ts";

export type Victim = "function" | "task" | "cloud";

export interface Kill {
  readonly at: string;
  readonly victim: Victim;
  /** E.g. the function's name or the task's run. */
  readonly who: string;
}

const PAUSE_MS = { least: 200, most: 2_000 };
const DOWN_MS = { least: 0, most: 1_500 };
/** Everything dies with the cloud: more often than this, nobody else would live long enough to be killed. */
const CLOUD_SHARE = 0.1;
const CLOUD_CHANCE = 0.2;
/** How long a kill waits for somebody of its kind: a task of a pack of pictures may live for a second only. */
const STALK_MS = 3_000;
const LOOK_MS = 50;
/** So many looks in a row that find no task, after the last upload: there is nothing left that a kill could cost. */
const IDLE_LOOKS = 5;

/**
 * Kills with SIGKILL, one after the other, until told to stop or nothing works any more: a function's process, a task's, or the cloud with
 * all of them, which then is started again on its data.
 * @param signal ends it between two kills; the cloud runs when this returns
 */
export async function killAtRandom(
  cloud: MortalCloud,
  random: Random,
  {
    most,
    kills,
    uploaded,
    signal,
  }: { most: number; kills: Kill[]; uploaded: AbortSignal; signal: AbortSignal },
): Promise<void> {
  let idleLooks = 0;
  while (kills.length < most && idleLooks < IDLE_LOOKS && !signal.aborted) {
    await sleep(random.between(PAUSE_MS.least, PAUSE_MS.most));
    idleLooks = uploaded.aborted && (await victims(cloud, "task")).length === 0 ? idleLooks + 1 : 0;
    const clouds = kills.filter(({ victim }) => victim === "cloud").length;
    const isCloud = clouds <= kills.length * CLOUD_SHARE && random.chance(CLOUD_CHANCE);
    const child = random.pick(["function", "task"] as const);
    const kill = isCloud ? await killCloud(cloud, random) : await killChild(cloud, child, random);
    if (kill !== undefined) kills.push(kill);
  }
}

/** The cloud with everything that runs in it; it is there again when this returns. */
export async function killCloud(cloud: MortalCloud, random: Random): Promise<Kill> {
  const kill: Kill = { at: new Date().toISOString(), victim: "cloud", who: `process ${cloud.pid}` };
  await cloud.kill();
  await sleep(random.between(DOWN_MS.least, DOWN_MS.most));
  await cloud.start();
  return kill;
}

/** @returns whom it hit; undefined where none of the kind came */
async function killChild(
  cloud: MortalCloud,
  kind: "function" | "task",
  random: Random,
): Promise<Kill | undefined> {
  let children = await victims(cloud, kind);
  const until = performance.now() + STALK_MS;
  while (children.length === 0 && performance.now() < until) {
    await sleep(LOOK_MS);
    children = await victims(cloud, kind);
  }
  if (children.length === 0) return undefined;
  const { pid } = random.pick(children);
  const name = variableOf(pid, kind === "function" ? "AWS_LAMBDA_FUNCTION_NAME" : "SLIPWAY_RUN_ID");
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return undefined;
    throw error;
  }
  return { at: new Date().toISOString(), victim: kind, who: `${name ?? "unnamed"}, process ${pid}` };
}

async function victims(cloud: MortalCloud, kind: "function" | "task"): Promise<SeenProcess[]> {
  return descendantsOf(cloud.pid, await listProcesses()).filter((child) => kindOf(child) === kind);
}

/** The shells that guard the processes are no victims: they stand for the machine's own end. */
function kindOf({ command }: SeenProcess): "function" | "task" | "guard" {
  if (command.includes("bootstrap/main.mjs")) return "function";
  return command.startsWith("/bin/sh ") ? "guard" : "task";
}
