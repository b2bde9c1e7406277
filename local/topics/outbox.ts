import { join } from "node:path";
import type { CloudContext } from "../context/cloud-context.ts";
import { StateFile } from "../context/state-file.ts";

/** A mail as its reader would get it. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  /** ISO 8601 */
  readonly at: string;
  readonly topicArn: string;
}

/** So many are kept; the oldest go first. */
const MAX_MAILS = 1000;

/** Mail that SNS would have sent, kept on disk for whoever wants to read it. */
export class Outbox {
  readonly #context: CloudContext;
  readonly #file: StateFile<readonly Mail[]>;
  #mails: readonly Mail[];

  constructor(context: CloudContext) {
    this.#context = context;
    this.#file = new StateFile(join(context.dataDir, "topics", "outbox.json"));
    this.#mails = this.#file.load([]);
  }

  add(mail: Omit<Mail, "at">): void {
    const at = new Date(this.#context.clock.now()).toISOString();
    this.#keep([...this.#mails, { ...mail, at }].slice(-MAX_MAILS));
  }

  list(): readonly Mail[] {
    return this.#mails;
  }

  clear(): void {
    this.#keep([]);
  }

  #keep(mails: readonly Mail[]): void {
    this.#mails = mails;
    this.#file.save(mails);
  }
}
