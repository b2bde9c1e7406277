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
  readonly #send: (mail: Mail) => void;
  #mails: readonly Mail[];

  /** @param send takes each mail on to a real mailbox, where there is a way to it */
  constructor(context: CloudContext, send: (mail: Mail) => void = () => undefined) {
    this.#send = send;
    this.#context = context;
    this.#file = new StateFile(join(context.dataDir, "topics", "outbox.json"));
    this.#mails = this.#file.load([]);
  }

  add(mail: Omit<Mail, "at">): void {
    const at = new Date(this.#context.clock.now()).toISOString();
    const sent = { ...mail, at };
    this.#keep([...this.#mails, sent].slice(-MAX_MAILS));
    this.#send(sent);
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
