import { subjectOf } from "#core/jobs/subject.ts";
import { composeDigest, composeRecovery, type Example } from "#core/notices/compose-digest.ts";
import { hasJobs } from "#core/notices/failure.ts";
import {
  closedNotice,
  type DueMail,
  dueMails,
  mailedNotice,
  mailingNotice,
  type Notice,
  type NoticeBoard,
} from "#core/notices/notice.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { JobStore } from "#core/ports/job-store.ts";
import type { Log } from "#core/ports/log.ts";
import type { AdminMail } from "#core/ports/messaging.ts";
import type { NotedFailure, NoticeStore } from "#core/ports/notice-store.ts";
import { inTurn } from "./in-turn.ts";
import { moveBoard } from "./save.ts";

export interface ReviewPorts {
  readonly notices: NoticeStore;
  readonly jobs: Pick<JobStore, "readJobs" | "listRecent">;
  readonly mail: AdminMail;
  readonly clock: Clock;
  readonly log: Log;
  readonly stage: string;
  remainingMs(): number;
}

const EXAMPLES = 3;
const RESERVE_MS = 5_000;
/** Enough of the newest jobs to find a success among. */
const RECENT_JOBS = 20;
/** A busy pipeline's newest jobs are all under way; those of a while ago have ended. */
const A_WHILE_MS = 30 * 60_000;

/**
 * Sends what is due: first mails whose sender died, digests, recoveries. One notice's trouble is not the others'.
 * @param behind where the tick before had to stop; "" to begin at the beginning
 * @returns where this one stops for want of time; "" where it has seen all
 */
export async function reviewNotices(behind: string, ports: ReviewPorts): Promise<string> {
  const boards = new Map((await ports.notices.listBoards()).map((board) => [boardKeyOf(board), board]));
  const notices = [...boards].flatMap(([boardKey, board]) =>
    Object.keys(board.notices).map((groupId) => ({ boardKey, groupId, key: `${boardKey}#${groupId}` })),
  );
  let last = behind;
  for (const { boardKey, groupId, key } of inTurn(notices, behind, (notice) => notice.key)) {
    if (ports.remainingMs() < RESERVE_MS) return last;
    const board = boards.get(boardKey);
    if (board === undefined) continue;
    try {
      boards.set(boardKey, await reviewNotice(board, groupId, ports));
    } catch (error) {
      const { pipeline, class: failureClass } = board;
      ports.log.error("A notice could not be reviewed", {
        pipeline,
        class: failureClass,
        groupId,
        error: String(error),
      });
    }
    last = key;
  }
  return "";
}

function boardKeyOf(board: NoticeBoard): string {
  return `${board.pipeline}#${board.class}`;
}

/** @returns the board as it now stands */
async function reviewNotice(board: NoticeBoard, groupId: string, ports: ReviewPorts): Promise<NoticeBoard> {
  const notice = board.notices[groupId];
  if (notice?.state !== "open") return board;
  const query = { groupId, after: notice.after };
  const newest = await ports.notices.newestFailures({ ...query, limit: EXAMPLES });
  const lastFailureAt = newest[0]?.at;
  for (const due of dueMails(notice, { lastFailureAt }, ports.clock.now())) {
    const last = lastFailureAt ?? notice.openedAt;
    if (due === "recovery" && !(await hasSucceededSince(last, board.pipeline, newest, ports))) continue;
    if (due === "forget") return forget(board, groupId, last, ports);
    const { count, isMore } = await ports.notices.countFailures(query);
    if (due === "digest" && count <= notice.told) continue;
    return mailDue({ board, groupId, notice, due, count, isMore, last, newest }, ports);
  }
  return board;
}

interface Due {
  readonly board: NoticeBoard;
  readonly groupId: string;
  readonly notice: Notice;
  readonly due: Exclude<DueMail, "forget">;
  readonly count: number;
  readonly isMore: boolean;
  readonly last: string;
  readonly newest: readonly NotedFailure[];
}

async function mailDue(
  { board, groupId, notice, due, count, isMore, last, newest }: Due,
  ports: ReviewPorts,
): Promise<NoticeBoard> {
  const claimed = mailingNotice(board, groupId, ports.clock.now());
  // Who wrote the board meanwhile sees to its notice; the next sweep looks again.
  if (claimed === undefined || !(await ports.notices.saveBoard(claimed)).saved) return board;
  const total = Math.max(count, notice.told, 1);
  const story = {
    stage: ports.stage,
    pipeline: board.pipeline,
    class: board.class,
    openedAt: notice.openedAt,
    news: total - notice.told,
    total,
    isMore,
    lastFailureAt: last,
    examples: await examplesOf(newest, ports),
  };
  await ports.mail.send(due === "recovery" ? composeRecovery(story) : composeDigest(story));
  const mailed = await moveBoard(ports.notices, claimed, (current) =>
    mailedNotice(current, groupId, { kind: due, total, lastFailureAt: last }, ports.clock.now()),
  );
  return mailed?.item ?? claimed;
}

async function forget(
  board: NoticeBoard,
  groupId: string,
  last: string,
  ports: ReviewPorts,
): Promise<NoticeBoard> {
  const closed = await moveBoard(ports.notices, board, (current) =>
    closedNotice(current, groupId, last, ports.clock.now()),
  );
  return closed?.item ?? board;
}

/** Whether a job of the pipeline has succeeded after this time, as far as its newest jobs tell; or one that had failed. */
async function hasSucceededSince(
  time: string,
  pipeline: string,
  failures: readonly NotedFailure[],
  { jobs, clock }: ReviewPorts,
): Promise<boolean> {
  // A service that is quiet for so long works.
  if (!hasJobs(pipeline)) return true;
  const aWhileAgo = new Date(clock.now().getTime() - A_WHILE_MS).toISOString();
  const looks = [
    () => jobs.readJobs(failures.map(({ failureId }) => failureId)),
    () => jobs.listRecent({ pipeline, limit: RECENT_JOBS }),
    () => jobs.listRecent({ pipeline, limit: RECENT_JOBS, before: aWhileAgo }),
  ];
  for (const look of looks) {
    const found = await look();
    if (found.some(({ state, endedAt }) => state === "SUCCEEDED" && endedAt !== undefined && endedAt > time))
      return true;
  }
  return false;
}

async function examplesOf(failures: readonly NotedFailure[], { jobs }: ReviewPorts): Promise<Example[]> {
  const found = await jobs.readJobs(failures.map(({ failureId }) => failureId));
  const byId = new Map(found.map((job) => [job.jobId, job]));
  return failures.map(({ failureId, at }) => {
    const job = byId.get(failureId);
    if (job === undefined) return { failureId, at };
    const what = subjectOf(job.source);
    return { failureId, at, what, ...(job.failure === undefined ? {} : { reason: job.failure.reason }) };
  });
}
