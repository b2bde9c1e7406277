import type { FailureEvent } from "#core/notices/failure.ts";
import type { AdminMail } from "#core/ports/messaging.ts";
import type { NoticeStore } from "#core/ports/notice-store.ts";
import { dispatchSlice } from "#flow/dispatch/dispatch-slice.ts";
import { notifyFailure } from "#flow/notify-failure.ts";
import { recordTrigger } from "#flow/record-trigger.ts";
import { sweep } from "#flow/sweep/sweep.ts";
import { trackMessage } from "#flow/track-task.ts";
import type { Actor } from "../aws/actor.ts";
import type { Message } from "../aws/standard-queue.ts";
import { portsOf } from "./actor-ports.ts";
import type { Cloud } from "./cloud.ts";
import { RULE_PREFIX, UPLOADS_BUCKET } from "./pipelines.ts";
import type { Ports } from "./ports.ts";

type Returned = Promise<"all" | ReadonlySet<string>>;

const STAGE = "simulation";
const NOBODY: ReadonlySet<string> = new Set();

/**
 * The functions with their limits, as functions/<name>/ has them: the real use cases over ports, called the way runtime/'s handlers
 * call them (each message by itself and beside the others, those that fail go back).
 */
export class Functions {
  readonly #cloud: Cloud;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  intake(messages: readonly Message[]): Returned {
    return this.#batch("intake", async (actor) => {
      const ports = { ...this.#portsFor(actor), uploadsBucket: UPLOADS_BUCKET, rulePrefix: RULE_PREFIX };
      const results: { wake: boolean }[] = [];
      const failed = await eachBeside(messages, async (message) => {
        results.push(await recordTrigger(message, ports));
      });
      if (results.some(({ wake }) => wake)) await ports.wakeUps.now();
      return failed;
    });
  }

  track(messages: readonly Message[]): Returned {
    return this.#batch("track", async (actor) => {
      const ports = this.#portsFor(actor);
      return eachBeside(messages, (message) => trackMessage(message, ports));
    });
  }

  wake(): Returned {
    return this.#batch("wake", async (actor) => {
      await this.#portsFor(actor).wakeUps.now();
      return NOBODY;
    });
  }

  async dispatch(atOnce: number): Returned {
    const slices = Array.from({ length: atOnce }, () =>
      this.#cloud.world.lambda.invoke("dispatch", 30_000, async ({ actor, remainingMs }) => {
        const site = {
          cluster: "simulation",
          networks: { public: { subnets: ["subnet-1"], securityGroup: "sg-1", publicAddress: true } },
          capacityProviders: {},
          taskDefinitions: this.#cloud.world.taskDefinitions(),
        };
        const { stage, sabotage } = this.#cloud.world;
        const limits = { ...stage, maxVcpu: this.#cloud.world.maxVcpu, ...sabotage };
        await dispatchSlice({ ...this.#portsFor(actor), site, limits, remainingMs });
      }),
    );
    return (await Promise.all(slices)).every(({ ok }) => ok) ? NOBODY : "all";
  }

  async sweep(): Promise<void> {
    const { lambda } = this.#cloud.world;
    const options = { timeoutMs: 60_000, retries: 1, maxAgeMs: 300_000, onDeadLetter: () => undefined };
    await lambda.invokeAsync("sweep", options, ({ actor, remainingMs }) =>
      sweep({ ...this.#telling(this.#portsFor(actor)), stage: STAGE, remainingMs }),
    );
  }

  async notify(event: FailureEvent): Promise<void> {
    const { lambda, noticeRules } = this.#cloud.world;
    const options = {
      timeoutMs: 30_000,
      retries: 2,
      maxAgeMs: 21_600_000,
      onDeadLetter: () => (noticeRules.deadLetters += 1),
    };
    await lambda.invokeAsync("notify", options, async ({ actor }) => {
      const mailed = notifyFailure(event, {
        ...this.#telling(this.#portsFor(actor)),
        stage: STAGE,
        region: "us-east-1",
        logGroupPrefix: "/slipway/simulation/",
      });
      await mailed.catch((error: unknown) => {
        const isWait = error instanceof Error && error.name === "MailUnderWayError";
        if (!actor.isStruck && !isWait) noticeRules.failedUnstruck(String(error));
        throw error;
      });
    });
  }

  /** Tells the rules which group each mail is about: whoever mails has noted or counted its failures just before. */
  #telling<Told extends Pick<Ports, "notices" | "mail">>(ports: Told): Told {
    const { noticeRules } = this.#cloud.world;
    const { notices, mail } = ports;
    let groupId = "";
    const watched: Pick<NoticeStore, "noteFailure" | "countFailures"> = {
      noteFailure: (id, failure) => {
        groupId = id;
        return notices.noteFailure(id, failure);
      },
      countFailures: (query) => {
        groupId = query.groupId;
        return notices.countFailures(query);
      },
    };
    return {
      ...ports,
      notices: Object.assign(Object.create(notices) as NoticeStore, watched),
      mail: {
        send: async (message: Parameters<AdminMail["send"]>[0]) => {
          await mail.send(message);
          noticeRules.mailed(groupId, message.subject);
        },
      },
    };
  }

  #portsFor(actor: Actor) {
    const { world } = this.#cloud;
    const random = world.laws.random;
    const chance = {
      random: () => random.next(),
      runId: (now: Date) =>
        `${now.getTime().toString(36)}-${Math.floor(random.next() * 2 ** 48)
          .toString(16)
          .padStart(12, "0")}`,
    };
    const { pipelines } = world.stage;
    return { ...portsOf(actor, this.#cloud), clock: actor.clock, chance, log: world.log, pipelines };
  }

  async #batch(name: string, work: (actor: Actor) => Promise<ReadonlySet<string>>): Returned {
    const invoked = await this.#cloud.world.lambda.invoke(name, 30_000, ({ actor }) => work(actor));
    return invoked.ok ? invoked.value : "all";
  }
}

/** As runtime/queue-handler.ts: beside each other, and who fails goes back alone. */
async function eachBeside(
  messages: readonly Message[],
  handle: (message: Message) => Promise<void>,
): Promise<ReadonlySet<string>> {
  const settled = await Promise.allSettled(messages.map(handle));
  return new Set(
    messages.filter((_, index) => settled[index]?.status === "rejected").map(({ messageId }) => messageId),
  );
}
