import type {
  AdminMail,
  Announcement,
  Announcements,
  Quarantine,
  TaskReports,
  WakeUps,
} from "#core/ports/messaging.ts";

/** Everything that leaves a function as a message, kept in order for whoever delivers or inspects it. */
export class MemoryMessaging implements WakeUps, Announcements, Quarantine, TaskReports, AdminMail {
  readonly wakeUps: { readonly afterSeconds: number }[] = [];
  readonly announcements: Announcement[] = [];
  readonly quarantined: { body: string; reason: string; messageId: string }[] = [];
  readonly reports: { runId: string; jobIds: readonly string[] }[] = [];
  readonly mails: { subject: string; body: string }[] = [];

  async now(): Promise<void> {
    this.wakeUps.push({ afterSeconds: 0 });
  }

  async later(seconds: number): Promise<void> {
    if (seconds < 1 || seconds > 900)
      throw new RangeError(`SQS delays by 1 to 900 seconds, not by ${seconds}.`);
    this.wakeUps.push({ afterSeconds: seconds });
  }

  async publish(announcements: readonly Announcement[]): Promise<void> {
    this.announcements.push(...structuredClone(announcements));
  }

  async set(message: { body: string; reason: string; messageId: string }): Promise<void> {
    this.quarantined.push(message);
  }

  async send(
    message: { runId: string; jobIds: readonly string[] } | { subject: string; body: string },
  ): Promise<void> {
    if ("runId" in message) this.reports.push(message);
    else this.mails.push(message);
  }
}
