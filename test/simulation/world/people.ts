import { cancelByPerson, retryOnRequest } from "#flow/by-person.ts";
import { Actor } from "../aws/actor.ts";
import type { Random } from "../engine/random.ts";
import { portsOf } from "./actor-ports.ts";
import type { Cloud } from "./cloud.ts";
import { UPLOADS_BUCKET } from "./pipelines.ts";

const MINUTE_MS = 60_000;
const ACTIONS = 8;
const LOOKS = 60;
const LOOK_EVERY_MS = 3000;
const ACT_WITHIN_MS = 60 * MINUTE_MS;

/** Operators at work, as cli/ does it: they cancel and retry jobs, pause and resume pipelines, and lower limits for a while. */
export class People {
  readonly #cloud: Cloud;
  readonly #random: Random;
  #acts = 0;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.#random = cloud.world.random.fork("people");
  }

  begin(): void {
    const { time } = this.#cloud.world;
    for (let action = 0; action < ACTIONS; action += 1)
      time.after(this.#random.between(0, ACT_WITHIN_MS), () => void this.#act());
  }

  async #act(): Promise<void> {
    const { world } = this.#cloud;
    this.#acts += 1;
    const actor = new Actor(`person-${this.#acts}`, world.laws);
    const act = this.#random.pick([
      this.#cancel,
      this.#cancel,
      this.#retry,
      this.#retry,
      this.#retry,
      this.#pause,
      this.#lower,
    ]);
    // Who gets an error sees it and goes on with something else.
    await act.call(this, actor).catch(() => undefined);
  }

  async #cancel(actor: Actor): Promise<void> {
    const running = this.#random.chance(0.8) ? await this.#runningJob() : undefined;
    const job = running ?? this.#anyJob(({ state }) => state !== "SUCCEEDED");
    if (job === undefined) return;
    const ports = portsOf(actor, this.#cloud);
    const known = await ports.jobs.readJob(job.jobId);
    if (known === undefined) return;
    const { pipelines } = this.#cloud.world.stage;
    await cancelByPerson(known, { ...ports, pipelines, clock: actor.clock });
    // Who sees that it was the wrong one wants it back at once.
    if (this.#random.chance(0.8)) await this.#retryJob(job.jobId, actor);
  }

  async #retry(actor: Actor): Promise<void> {
    const job = this.#anyJob(({ state }) => state === "FAILED" || state === "CANCELLED");
    if (job !== undefined) await this.#retryJob(job.jobId, actor);
  }

  async #retryJob(jobId: string, actor: Actor): Promise<void> {
    const { retriesByPeople, stage } = this.#cloud.world;
    const ports = portsOf(actor, this.#cloud);
    const known = await ports.jobs.readJob(jobId);
    if (known === undefined) return;
    retriesByPeople.add(jobId);
    const { type } = await retryOnRequest(known, {
      ...ports,
      pipelines: stage.pipelines,
      clock: actor.clock,
    });
    if (type !== "done") retriesByPeople.delete(jobId);
    await ports.wakeUps.now();
  }

  /** And resumes it, whatever became of the command: a person who saw it fail, or not end, looks how things stand. */
  async #pause(actor: Actor): Promise<void> {
    const { world } = this.#cloud;
    const pipeline = this.#random.pick(Object.keys(world.stage.pipelines));
    const { pipelineStore } = portsOf(actor, this.#cloud);
    void pipelineStore.setPaused(pipeline, true).then(
      () => world.planRules.pausedAt(pipeline, world.time.nowMs),
      () => undefined,
    );
    await world.time.sleep(this.#random.between(2, 12) * MINUTE_MS);
    world.planRules.resumed(pipeline);
    await world.pipelineStore.setPaused(pipeline, false);
  }

  async #lower(): Promise<void> {
    const { world } = this.#cloud;
    world.maxVcpu = Math.ceil(this.#random.between(2, 5));
    world.planRules.capIs(world.maxVcpu);
    await world.time.sleep(this.#random.between(2, 12) * MINUTE_MS);
    world.maxVcpu = world.stage.maxVcpu;
    world.planRules.capIs(world.maxVcpu);
  }

  /** Watches until something runs. */
  async #runningJob() {
    for (let look = 0; look < LOOKS; look += 1) {
      const job = this.#anyJob(({ state }) => state === "RUNNING");
      if (job !== undefined) return job;
      await this.#cloud.world.time.sleep(LOOK_EVERY_MS);
    }
    return undefined;
  }

  #anyJob(which: (job: { state: string }) => boolean) {
    const jobs = [...this.#cloud.world.jobs.allJobs()].filter(
      (job) => which(job) && (job.source.type !== "upload" || job.source.bucket === UPLOADS_BUCKET),
    );
    return jobs.length === 0 ? undefined : this.#random.pick(jobs);
  }
}
