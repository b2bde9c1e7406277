import { definePipelines } from "#core/pipelines/define-pipelines.ts";
import type { Actor } from "#test/simulation/aws/actor.ts";
import { Cloud } from "#test/simulation/world/cloud.ts";
import { objectCreated } from "#test/simulation/world/events.ts";
import { UPLOADS_BUCKET } from "#test/simulation/world/pipelines.ts";
import type { Ports } from "#test/simulation/world/ports.ts";
import { World } from "#test/simulation/world/world.ts";
import { runUntilQuiet } from "../run-until-quiet.ts";
import { Bill } from "./bill.ts";
import { TableMeter } from "./table-meter.ts";

const UPLOADS_PER_SECOND = 200;

/** A call of a port that lies in the table. */
export interface TableCall {
  readonly who: string;
  readonly port: TablePort;
  readonly method: string;
  readonly given: readonly unknown[];
}

const TABLE_PORTS = ["jobs", "runs", "pipelineStore"] as const;
type TablePort = (typeof TABLE_PORTS)[number];

/** As tasks/media describes a photograph, with three thumbnails. */
const RESULT = {
  kind: "image",
  format: "jpeg",
  width: 4032,
  height: 3024,
  orientation: 1,
  frames: 1,
  hasAlpha: false,
  colourSpace: "srgb",
  dominantColour: "#8a7f6c",
  thumbhash: "1QcSHQRnh493V4dIh4eXh1h4kJUI",
  derived: [1600, 800, 200].map((width) => ({
    key: `jobs/0123456789abcdef0123456789abcdef/1/${width}.webp`,
    width,
    height: (width * 3) / 4,
    format: "webp",
    sizeBytes: width * 100,
  })),
};

/** Names as long as those in AWS: a bucket of 40 characters, a version id of 32, a key of 40. */
const LONG_NAMES = "as-long-as-the-names-of-the-bucket-and-the-version";

/**
 * The ordinary path in virtual time: files come at 200 a second, are packed as pipelines.ts packs images, and succeed at the first
 * attempt. Every call that reaches the table is counted.
 * @param keep whether to keep the calls, for another meter
 */
export async function ordinaryJobs(
  jobs: number,
  options: { keep?: boolean; tell: (done: number) => void },
): Promise<{ bill: Bill; calls: TableCall[]; runs: number }> {
  const pipelines = definePipelines({
    images: {
      source: { type: "upload", prefix: "images/" },
      task: "media",
      size: { cpu: 1024, memoryMiB: 2048 },
      pack: { maxJobs: 25, windowSeconds: 2 },
      capacity: { type: "on-demand", maxTasks: 10 },
    },
  });
  const bill = new Bill();
  const meter = new TableMeter(bill);
  const calls: TableCall[] = [];
  const quotas = { runTaskPerSecond: 20, vcpu: 100, addresses: 250 };
  const world = new World({
    seed: 1,
    kinds: new Set(),
    withoutStories: true,
    stage: { pipelines, maxVcpu: 100, quotas, workMs: [1000, 3000], result: RESULT },
    sabotage: {
      ports: (ports, actor) =>
        metered(ports, actor, (call, result) => {
          meter.note(call.who, call.method, call.given, result);
          if (options.keep === true) calls.push(call);
        }),
    },
  });
  const cloud = new Cloud(world);
  let uploaded = 0;
  const upload = (): void => {
    const key = `images/2026/${LONG_NAMES}/DSC_${String(uploaded).padStart(6, "0")}.jpg`;
    uploaded += 1;
    cloud.toIntake(
      objectCreated(world.objects.put({ bucket: UPLOADS_BUCKET, key, sizeBytes: 2_000_000 })),
      "at-least-once",
    );
    if (uploaded < jobs) world.time.after(1000 / UPLOADS_PER_SECOND, upload);
  };
  upload();
  await runUntilQuiet(
    { world, cloud },
    () => uploaded === jobs,
    () => options.tell(world.workRules.doneJobs),
  );
  const unfinished = [...world.jobs.allJobs()].filter(
    (job) => job.state !== "SUCCEEDED" || job.attempts.length > 1,
  );
  if (unfinished.length > 0) throw new Error(`${unfinished.length} jobs did not go the ordinary path.`);
  return { bill, calls, runs: [...world.runs.allRuns()].length };
}

/** The ports of an actor, each of whose calls to the table is seen with its result. */
function metered(ports: Ports, { name }: Actor, see: (call: TableCall, result: unknown) => void): Ports {
  const who = name.replace(/-[^-]*$/, "");
  const seen = { ...ports } as Record<string, unknown>;
  for (const port of TABLE_PORTS) {
    seen[port] = new Proxy(ports[port], {
      get: (target, method) => {
        const call = Reflect.get(target, method) as (...given: unknown[]) => Promise<unknown>;
        return async (...given: unknown[]) => {
          const result = await call.apply(target, given);
          see({ who, port, method: String(method), given }, result);
          return result;
        };
      },
    });
  }
  return seen as unknown as Ports;
}
