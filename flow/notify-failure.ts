import { composeFailureMail } from "#core/notices/compose-mail.ts";
import { noticeGroupOf, windowStart } from "#core/notices/notice-group.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { Log } from "#core/ports/log.ts";
import type { AdminMail } from "#core/ports/messaging.ts";
import type { NoticeStore } from "#core/ports/notice-store.ts";
import type { TaskLogs } from "#core/ports/object-store.ts";
import type { JobFailed } from "#events/slipway/job-ended.ts";

export interface NotifyPorts {
  readonly notices: NoticeStore;
  readonly mail: AdminMail;
  readonly taskLogs: TaskLogs;
  readonly clock: Clock;
  readonly log: Log;
  readonly stage: string;
  readonly region: string;
  /** e.g. /slipway/dev/ */
  readonly logGroupPrefix: string;
}

const LOG_LINES_IN_MAIL = 15;

/** Mails the first of a group of equal failures and counts the others. The same failure told twice is one. */
export async function notifyFailure({ detail: job }: JobFailed, ports: NotifyPorts): Promise<void> {
  const groupId = noticeGroupOf(job);
  // By the failure's own time: told again in the next hour, it is still the same failure.
  const window = windowStart(new Date(job.endedAt ?? job.createdAt));
  const group = { groupId, windowStart: window, at: ports.clock.now().toISOString() };
  const failureId = `${job.jobId}/${job.attempts}`;
  const { isNew, count } = await ports.notices.count({ ...group, failureId });
  if (!isNew) {
    ports.log.info("Counted, not mailed", { groupId, count, jobId: job.jobId });
    return;
  }
  const logLines = await lastLines(job, ports);
  const logGroup = `${ports.logGroupPrefix}${job.pipeline}`;
  await ports.mail.send(
    composeFailureMail({ job, stage: ports.stage, region: ports.region, logLines, logGroup }),
  );
  await ports.notices.markMailed(group);
}

/** A mail without log lines beats no mail. */
async function lastLines(job: JobFailed["detail"], ports: NotifyPorts): Promise<readonly string[]> {
  if (job.taskArn === undefined) return [];
  try {
    return await ports.taskLogs.tail({
      pipeline: job.pipeline,
      taskArn: job.taskArn,
      lines: LOG_LINES_IN_MAIL,
    });
  } catch (error) {
    ports.log.warn("The log could not be read for the mail", { jobId: job.jobId, error: String(error) });
    return [`(the log could not be read: ${String(error)})`];
  }
}
