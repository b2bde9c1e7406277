import type { Clock } from "#core/ports/clock.ts";
import type { MailPermits } from "#core/ports/mail-permits.ts";
import type { AdminMail } from "#core/ports/messaging.ts";

export interface PacePorts {
  readonly mail: AdminMail;
  readonly permits: MailPermits;
  readonly clock: Clock;
  /** Waits. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

/**
 * SNS suspends a subscription above 10 mails a second (https://docs.aws.amazon.com/general/latest/gr/sns.html). Seconds are counted
 * whole, so half of that keeps it in any second.
 */
const MAILS_PER_SECOND = 5;
/** A function has 30 seconds; who finds no second to send in leaves the mail to its repetition or to sweep. */
const LONGEST_WAIT_SECONDS = 15;

/** Mail that keeps SNS' pace, whoever else sends at the same time. */
export class PacedMail implements AdminMail {
  readonly #ports: PacePorts;

  constructor(ports: PacePorts) {
    this.#ports = ports;
  }

  /** @throws Error where every second of the next while is taken */
  async send(mail: { subject: string; body: string }): Promise<void> {
    const { permits, clock, pause } = this.#ports;
    const now = clock.now().getTime();
    const first = Math.floor(now / 1000);
    for (let second = first; second <= first + LONGEST_WAIT_SECONDS; second += 1) {
      if (!(await permits.take(second, MAILS_PER_SECOND))) continue;
      const waitMs = second * 1000 - clock.now().getTime();
      if (waitMs > 0) await pause(waitMs);
      return this.#ports.mail.send(mail);
    }
    throw new Error(`More mails wait than may be sent within ${LONGEST_WAIT_SECONDS} seconds.`);
  }
}
