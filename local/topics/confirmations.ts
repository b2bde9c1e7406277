import { join } from "node:path";
import { z } from "zod";
import type { CloudContext } from "../context/cloud-context.ts";
import { StateFile } from "../context/state-file.ts";
import type { TopicStore } from "./topic-store.ts";

const confirmInput = z.strictObject({ confirmEmail: z.boolean().default(true) });

/**
 * Mail subscriptions begin as PendingConfirmation. On a laptop nobody would click the link, so the cloud confirms them
 * itself, unless it was told that a test wants to see them pending.
 */
export class Confirmations {
  readonly #context: CloudContext;
  readonly #store: TopicStore;
  readonly #file: StateFile<{ confirmEmail: boolean }>;

  constructor(context: CloudContext, store: TopicStore) {
    this.#context = context;
    this.#store = store;
    this.#file = new StateFile(join(context.dataDir, "topics", "confirmations.json"));
  }

  /** Control `topics/confirm`: {confirmEmail} switches, and what is pending is confirmed where it is switched on. */
  set(input: unknown): { confirmEmail: boolean } {
    const { confirmEmail } = confirmInput.parse(input);
    this.#file.save({ confirmEmail });
    this.confirmPending();
    return { confirmEmail };
  }

  confirmPending(): void {
    if (!this.#file.load({ confirmEmail: true }).confirmEmail) return;
    for (const subscription of this.#store.subscriptions().filter((candidate) => !candidate.confirmed)) {
      subscription.confirmed = true;
      this.#store.save();
      this.#context.report(
        `confirmed the mail subscription of ${subscription.endpoint} to ${subscription.topicArn}`,
      );
    }
  }
}
