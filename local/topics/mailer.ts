import { createTransport } from "nodemailer";
import type { Mail } from "./outbox.ts";

/** How SNS signs its mail. */
const FROM = { name: "AWS Notifications", address: "no-reply@sns.amazonaws.com" };

/** Sends by SMTP what the outbox takes in, beside keeping it there. */
export class Mailer {
  readonly #transport: ReturnType<typeof createTransport>;
  readonly #report: (line: string) => void;
  readonly #sending = new Set<Promise<void>>();

  /** @param url of the server, e.g. smtp://127.0.0.1:1025 or smtps://user:password@mail.example.com */
  constructor(url: string, report: (line: string) => void) {
    this.#transport = createTransport(url);
    this.#report = report;
  }

  /** A mail that the server does not take is told at the terminal; SNS's publisher never hears of it. */
  send(mail: Mail): void {
    const { to, subject, body: text } = mail;
    const sending = this.#transport
      .sendMail({ from: FROM, to, subject, text })
      .then(() => undefined)
      .catch((error: unknown) => this.#report(`SMTP: no mail to ${to}: ${String(error)}`))
      .finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }

  /** Waits for the mails that are on their way. */
  async stop(): Promise<void> {
    await Promise.all(this.#sending);
    this.#transport.close();
  }
}
