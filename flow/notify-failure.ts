import { composeFailureMail, type MailSite } from "#core/notices/compose-mail.ts";
import {
  type Failure,
  type FailureEvent,
  failureOf,
  groupIdOf,
  loggedTaskOf,
  othersIdOf,
} from "#core/notices/failure.ts";
import { admitFailure, isOpenFor, mailedNotice, type NoticeBoard } from "#core/notices/notice.ts";
import type { Pipelines } from "#core/pipelines/pipeline.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { Log } from "#core/ports/log.ts";
import type { AdminMail } from "#core/ports/messaging.ts";
import type { NoticeStore } from "#core/ports/notice-store.ts";
import type { TaskLogs } from "#core/ports/object-store.ts";
import { moveBoard, TooManyConflictsError } from "./save.ts";

export interface NotifyPorts extends MailSite {
  readonly notices: NoticeStore;
  readonly mail: AdminMail;
  readonly taskLogs: TaskLogs;
  readonly clock: Clock;
  readonly log: Log;
  readonly pipelines: Pipelines;
}

const LOG_LINES_IN_MAIL = 15;
/** Each conflict is a notice that another opened, and a board has few. */
const MAX_TRIES = 20;

/** Lambda repeats the invocation after a minute: then the mail has gone, or its sender has died and this one sends it. */
class MailUnderWayError extends Error {
  override readonly name = "MailUnderWayError";

  constructor(failureId: string) {
    super(
      `The mail about ${failureId} is being sent for another delivery of its event; this one looks again later.`,
    );
  }
}

/**
 * Mails the first of a group of equal failures and counts the others. The same failure told twice is one.
 * @throws MailUnderWayError where another delivery of the same event is about to mail it
 */
export async function notifyFailure(event: FailureEvent, ports: NotifyPorts): Promise<void> {
  const failure = failureOf(event, ports.pipelines);
  if (failure === undefined) return;
  const { notices, clock, log } = ports;
  if (failure.isEcho === true && (await isTold(failure, notices))) {
    log.info("Said before in other words", { failureId: failure.failureId });
    return;
  }
  let board = await notices.readBoard(failure.pipeline, failure.class);
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    if (!isOpenFor(board, failure) && (await isKnown(failure, notices))) {
      log.info("Told and over long ago", { failureId: failure.failureId });
      return;
    }
    const admission = admitFailure(board, failure, clock.now());
    if (admission.type === "wait") throw new MailUnderWayError(failure.failureId);
    const { groupId } = admission;
    if (admission.type === "count") {
      await notices.noteFailure(groupId, failure);
      log.info("Counted, not mailed", { groupId, failureId: failure.failureId });
      return;
    }
    const result = await notices.saveBoard(admission.board);
    if (result.saved) return mailFirst(failure, groupId, admission.board, ports);
    board = result.current;
  }
  throw new TooManyConflictsError("The notices of a pipeline were written by others time and again.");
}

/** Whether some notice of the same pipeline or service is open. */
async function isTold({ pipeline }: Failure, notices: NoticeStore): Promise<boolean> {
  const boards = await notices.listBoards();
  return boards.some(
    (board) =>
      board.pipeline === pipeline && Object.values(board.notices).some(({ state }) => state === "open"),
  );
}

/** A duplicate that comes after the group has recovered is no news. */
async function isKnown(failure: Failure, notices: NoticeStore): Promise<boolean> {
  return (
    (await notices.knowsFailure(groupIdOf(failure), failure)) ||
    (await notices.knowsFailure(othersIdOf(failure), failure))
  );
}

/** Marks after the mail: who dies in between has it sent once more, and never not at all. */
async function mailFirst(
  failure: Failure,
  groupId: string,
  board: NoticeBoard,
  ports: NotifyPorts,
): Promise<void> {
  await ports.notices.noteFailure(groupId, failure);
  const logLines = await lastLines(failure, ports);
  await ports.mail.send(composeFailureMail({ failure, site: ports, logLines }));
  await moveBoard(ports.notices, board, (current) =>
    mailedNotice(current, groupId, { kind: "first", total: 1, lastFailureAt: failure.at }, ports.clock.now()),
  );
}

/** A mail without log lines beats no mail. */
async function lastLines(failure: Failure, ports: NotifyPorts): Promise<readonly string[]> {
  const taskArn = loggedTaskOf(failure);
  if (taskArn === undefined) return [];
  try {
    return await ports.taskLogs.tail({ pipeline: failure.pipeline, taskArn, lines: LOG_LINES_IN_MAIL });
  } catch (error) {
    ports.log.warn("The log could not be read for the mail", {
      failureId: failure.failureId,
      error: String(error),
    });
    return [`(the log could not be read: ${String(error)})`];
  }
}
