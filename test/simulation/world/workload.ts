import { pipelineOfKey } from "#core/pipelines/pipeline.ts";
import { uploadJobId } from "#core/jobs/job-id.ts";
import type { Random } from "../engine/random.ts";
import type { Timer } from "../engine/virtual-time.ts";
import type { Cloud } from "./cloud.ts";
import { eventOf, objectCreated, scheduled } from "./events.ts";
import { watchLoneFile } from "../rules/prompt-rules.ts";
import { drawNature } from "./nature.ts";
import { UPLOADS_BUCKET } from "./pipelines.ts";

/** What ECS begins in the first moments after an outage may hang. */
const STUCK_AFTER_OUTAGE = 0.8;
const MINUTE_MS = 60_000;
const UPLOADS_WITHIN_MS = 20 * MINUTE_MS;
const ODD_FOLDER = 0.2;
/** Each makes a notice of its own, as long as a class has no more than 20. */
const ODD_FILES = 14;
/** As quickly as one machine sends small files. */
const SCAN_EVERY_MS = 20;
/** One bad file takes its whole pack to the next try. */
const ODD_SCAN = 0.005;
const FAULTS_UNTIL_MS = 75 * MINUTE_MS;
const HUGE_BYTES = 5e12;
/** Its pipeline launches eleven an hour. */
const MOST_PLAIN = 60;
/** Alone, when all faults are over. */
const LATE_FILES = 4;
/** A queue may stand still for minutes for what befell it at the last moment. */
const LATE_FROM_MS = FAULTS_UNTIL_MS + 6 * MINUTE_MS;
const LATE_UNTIL_MS = FAULTS_UNTIL_MS + 22 * MINUTE_MS;
const WARM_MS = 20_000;

/** What S3 accepted and a pipeline takes: rule 1 is about these. */
export interface Accepted {
  readonly jobId: string;
  readonly key: string;
}

/** What people and clocks do to the service in one simulation. */
export class Workload {
  readonly accepted: readonly Accepted[];
  readonly #cloud: Cloud;
  readonly #random: Random;
  readonly #jobs: number;

  constructor(cloud: Cloud, jobs: number) {
    this.#cloud = cloud;
    this.accepted = cloud.world.accepted;
    this.#random = cloud.world.random.fork("workload");
    this.#jobs = jobs;
  }

  begin(): void {
    this.#tick("sweep", 5 * MINUTE_MS, this.#random.between(0, 5 * MINUTE_MS));
    this.#tick("inventory", 60 * MINUTE_MS, this.#random.between(20, 50) * MINUTE_MS);
    this.#tick("nightly", 30 * MINUTE_MS, this.#random.between(0, 30) * MINUTE_MS);
    this.#uploads();
    if (this.#random.chance(ODD_FOLDER)) this.#oddFolder();
    this.#cloud.world.time.after(this.#random.between(0, UPLOADS_WITHIN_MS), () =>
      this.upload("images/huge.bin", "huge"),
    );
    this.#folderOfScans();
    this.#lateFiles();
    this.#requests();
    this.#garbage();
    this.#deploys();
    this.#neighbours();
    this.#outages();
    this.#cloud.world.time.after(FAULTS_UNTIL_MS, () => this.#cloud.world.faults.end());
    for (const pipeline of Object.keys(this.#cloud.world.stage.pipelines)) {
      const since = this.#cloud.world.time.now().toISOString();
      void this.#cloud.world.pipelineStore.introducePipeline({ pipeline, since, paused: false });
    }
  }

  /** Some at once, some alone, some over what was there before. */
  #uploads(): void {
    const { time } = this.#cloud.world;
    let left = this.#jobs;
    let plain = 0;
    while (left > 0) {
      const burst = Math.min(left, this.#random.chance(0.3) ? Math.ceil(this.#random.between(5, 40)) : 1);
      const atMs = this.#random.between(0, UPLOADS_WITHIN_MS);
      const drawn = this.#random.pick(["images", "images", "images", "images", "images", "videos", "plain"]);
      const folder = drawn === "plain" && plain >= MOST_PLAIN ? "images" : drawn;
      if (folder === "plain") plain += 1;
      // One task for each video: a burst of them would take the whole day.
      const files = folder === "images" ? burst : 1;
      for (let file = 0; file < files; file += 1) {
        const name = this.#random.chance(0.1) ? `${folder}/again.bin` : `${folder}/${left - file}.bin`;
        time.after(atMs + this.#random.between(0, 3000), () => this.upload(name));
      }
      left -= files;
    }
  }

  /** A folder of files of which each is wrong in a way of its own. */
  #oddFolder(): void {
    const { time } = this.#cloud.world;
    const atMs = this.#random.between(0, UPLOADS_WITHIN_MS);
    for (let file = 0; file < ODD_FILES; file += 1)
      time.after(atMs + this.#random.between(0, 3000), () => this.upload(`images/odd-${file}.bin`, "odd"));
  }

  /** Somebody copies a folder: more at once than a task takes, a claim, or a page of what is due. */
  #folderOfScans(): void {
    const { world } = this.#cloud;
    const random = world.random.fork("scans");
    const fromMs = random.between(0, UPLOADS_WITHIN_MS);
    for (let file = 0; file < this.#jobs * world.scansAnUpload; file += 1) {
      const nature = random.chance(ODD_SCAN) ? drawNature(random) : "good";
      world.time.after(fromMs + file * SCAN_EVERY_MS, () => this.upload(`scans/${file}.bin`, nature));
    }
  }

  /** One now and then, in a world in which nothing goes wrong any more. */
  #lateFiles(): void {
    const { world } = this.#cloud;
    for (let file = 0; file < LATE_FILES; file += 1)
      world.time.after(this.#random.between(LATE_FROM_MS, LATE_UNTIL_MS), () => {
        const key = `images/late-${file}.bin`;
        const jobId = this.upload(key, "good");
        if (jobId !== undefined) void watchLoneFile(jobId, key, world);
      });
  }

  /** A file lands in S3. @returns the id of the job that it has to get; undefined where it is no work */
  upload(key: string, nature = drawNature(this.#random)): string | undefined {
    const { world } = this.#cloud;
    if (!world.natures.has(key)) world.natures.set(key, world.nature ?? nature);
    const sizeBytes = nature === "huge" ? HUGE_BYTES : Math.ceil(this.#random.between(1, 9_000_000));
    const version = world.objects.put({ bucket: UPLOADS_BUCKET, key, sizeBytes });
    const pipeline = pipelineOfKey(world.stage.pipelines, key);
    const jobId = pipeline === undefined ? undefined : uploadJobId({ pipeline: pipeline.name, ...version });
    if (jobId !== undefined) {
      world.accepted.push({ jobId, key });
      world.history.note(() => ({ actor: "S3", what: `accepts ${key} (${world.natures.get(key)})`, jobId }));
    }
    this.#cloud.toIntake(objectCreated(version), "may-be-lost");
    return jobId;
  }

  /** An application that asks twice for the same. */
  #requests(): void {
    const { time } = this.#cloud.world;
    for (let request = 0; request < 3; request += 1) {
      const detail = { pipeline: "nightly", idempotencyKey: `request-${request}`, input: { request } };
      for (let copy = 0; copy < 2; copy += 1) {
        time.after(this.#random.between(0, UPLOADS_WITHIN_MS), () => {
          this.#cloud.toIntake(eventOf("Job Requested", "slipway", time.now(), detail), "at-least-once");
        });
      }
    }
  }

  /** What is no work, and what nobody can read. */
  #garbage(): void {
    const { world, intakeQueue, taskEventsQueue } = this.#cloud;
    const sometime = (run: () => void): Timer =>
      world.time.after(this.#random.between(0, UPLOADS_WITHIN_MS), run);
    sometime(() =>
      this.#cloud.toIntake(
        objectCreated(world.objects.put({ bucket: UPLOADS_BUCKET, key: "images/", sizeBytes: 0 })),
        "at-least-once",
      ),
    );
    sometime(() => this.upload("elsewhere/readme.txt"));
    const somethingElse = JSON.stringify(eventOf("Something Else", "who", world.time.now(), {}));
    world.garbage.push("not JSON", somethingElse, "{}");
    sometime(() => intakeQueue.send("not JSON"));
    sometime(() => intakeQueue.send(somethingElse));
    sometime(() => taskEventsQueue.send("{}"));
  }

  /** New revisions in the middle; some of those that they replace are retired, as where somebody tidies up. */
  #deploys(): void {
    const { world, ecs } = this.#cloud;
    const everyMs = 10 * MINUTE_MS;
    const deploy = (): void => {
      if (world.time.nowMs - world.startMs > FAULTS_UNTIL_MS) return;
      if (world.faults.strikes("deploy")) {
        const old = Object.keys(world.stage.pipelines).map((name) => world.taskDefinitionOf(name));
        world.revision += 1;
        const { revision } = world;
        // Instances that are warm go on with what they were told when they began.
        world.time.after(this.#random.between(0, WARM_MS), () => {
          world.knownRevision = Math.max(world.knownRevision, revision);
        });
        if (this.#random.chance(0.7)) for (const definition of old) ecs.deregister(definition);
      }
      world.time.after(this.#random.between(0.3, 1) * everyMs, deploy);
    };
    world.time.after(this.#random.between(0, everyMs), deploy);
  }

  /** Others in the account take most of what it has, for a while. */
  #neighbours(): void {
    const { world, ecs } = this.#cloud;
    const come = (): void => {
      if (world.time.nowMs - world.startMs > FAULTS_UNTIL_MS) return;
      const left = {
        ...(world.faults.strikes("neighbours-take-addresses")
          ? { addresses: Math.floor(this.#random.between(0, 4)) }
          : {}),
        ...(world.faults.strikes("neighbours-take-vcpu")
          ? { vcpu: Math.floor(this.#random.between(0, 4)) }
          : {}),
      };
      ecs.leave(left);
      const whileMs = this.#random.between(3, 15) * MINUTE_MS;
      world.time.after(whileMs, () => {
        ecs.leave({});
        world.time.after(this.#random.between(1, 10) * MINUTE_MS, come);
      });
    };
    world.time.after(this.#random.between(0, 10) * MINUTE_MS, come);
  }

  /** Now and then ECS answers nobody, for longer than a launch is repeated or shorter. */
  #outages(): void {
    const { world } = this.#cloud;
    const come = (): void => {
      if (world.time.nowMs - world.startMs > FAULTS_UNTIL_MS) return;
      const forMs = world.faults.strikes("run-task-outage") ? this.#random.between(2, 20) * MINUTE_MS : 0;
      world.isEcsAway = forMs > 0;
      world.time.after(forMs, () => {
        world.isEcsAway = false;
        for (const request of world.heardByEcs.splice(0))
          this.#cloud.ecs.takeUp(request, this.#random.chance(STUCK_AFTER_OUTAGE));
        world.time.after(this.#random.between(5, 15) * MINUTE_MS, come);
      });
    };
    world.time.after(this.#random.between(0, 15) * MINUTE_MS, come);
  }

  #tick(what: "sweep" | "inventory" | "nightly", everyMs: number, firstMs: number): void {
    const { world, functions } = this.#cloud;
    const tick = (): void => {
      world.time.after(everyMs, tick);
      if (world.faults.strikes("tick-lost")) return;
      if (what !== "sweep") {
        const guarantee = "at-least-once";
        this.#cloud.toIntake(scheduled(what, world.time.now()), guarantee);
      } else if (world.sabotage.withoutSweep !== true) void functions.sweep();
    };
    world.time.after(firstMs, tick);
  }
}
