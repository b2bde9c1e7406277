import type {
  AdminMail,
  Announcement,
  Announcements,
  IntakeSender,
  Quarantine,
  TaskReports,
  WakeUps,
} from "#core/ports/messaging.ts";

type Report = { runId: string; jobIds: readonly string[] };
type Mail = { subject: string; body: string };

/** Everything that leaves a function or a task as a message, kept in order for whoever delivers or inspects it. */
export class MemoryMessaging
  implements WakeUps, Announcements, Quarantine, TaskReports, AdminMail, IntakeSender
{
  readonly wakeUps: { readonly afterSeconds: number }[] = [];
  readonly announcements: Announcement[] = [];
  readonly quarantined: { body: string; reason: string; messageId: string }[] = [];
  readonly reports: Report[] = [];
  readonly mails: Mail[] = [];
  /** Events for the intake queue. */
  readonly triggers: unknown[] = [];

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

  async send(message: Report | Mail | readonly unknown[]): Promise<void> {
    if (Array.isArray(message)) this.triggers.push(...structuredClone(message));
    else if ("runId" in message) this.reports.push(message);
    else if ("subject" in message) this.mails.push(message);
  }
}
