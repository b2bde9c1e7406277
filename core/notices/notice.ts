import type { FailureClass } from "../classification/failure.ts";
import { type Failure, groupIdOf, othersIdOf } from "./failure.ts";

/*
 * What administrators are told, and when: the first of a group of equal failures at once, then one digest per window, then its
 * recovery. Pure: every function answers what shall be written, and who succeeds in writing it sends the mail.
 */

/** What has been told of one group of equal failures. Times are ISO 8601. */
export interface Notice {
  readonly state: "open" | "closed";
  readonly openedAt: string;
  /** Failures that ended up to here belong to an earlier notice of the group. */
  readonly after: string;
  /** How many failures the mails so far account for. */
  readonly told: number;
  /** When the last mail went out. */
  readonly mailedAt?: string;
  readonly digests: number;
  /** Somebody sends a mail now; who has not finished by then has died. */
  readonly mailingUntil?: string;
  /** The failure whose first mail that is. */
  readonly mailingFor?: string;
  /** How often the group came back within a day of its recovery. */
  readonly returns: number;
  readonly closedAt?: string;
}

/** The notices of one pipeline and failure class, by group: one small item, written only when a mail goes out. */
export interface NoticeBoard {
  readonly pipeline: string;
  readonly class: FailureClass;
  readonly notices: Readonly<Record<string, Notice>>;
  /** Rises by one with each write. */
  readonly revision: number;
}

/** Reasons may hold what no fingerprint takes out; beyond this many open groups the others of the class share one. */
export const MAX_OPEN_GROUPS = 20;

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Longer than a mail takes to be sent, shorter than Lambda's first wait before it repeats an invocation (a minute). */
const MAILING_MS = 40 * SECOND_MS;
/** From one mail to the next digest: what goes on for long is told less often. */
const DIGEST_WINDOWS_MS = [HOUR_MS, 4 * HOUR_MS, DAY_MS] as const;
/** How long no failure comes before a group has recovered; doubled each time it comes back within a day. */
const QUIET_MS = HOUR_MS;
/** A group that is never seen again, of a pipeline that never works again, ends without a mail. */
const FORGOTTEN_MS = 14 * DAY_MS;

/** What to do with a failure that has come in. */
export type Admission =
  /** Write the board; who succeeds mails. */
  | { readonly type: "mail"; readonly groupId: string; readonly board: NoticeBoard }
  /** It is part of what has been told, or of what another failure's handler is about to tell. */
  | { readonly type: "count"; readonly groupId: string }
  /** Another delivery of it sends the mail now, or has died; only later it shows which. */
  | { readonly type: "wait" };

/** The first of its group is mailed at once, or by the next where the mailer died; all others are counted. */
export function admitFailure(board: NoticeBoard | undefined, failure: Failure, now: Date): Admission {
  const standing = board ?? emptyBoard(failure);
  const groupId = groupFor(standing, failure);
  const notice = standing.notices[groupId];
  if (notice?.state === "open") {
    if (notice.mailedAt !== undefined) return { type: "count", groupId };
    if (isMailing(notice, now))
      return notice.mailingFor === failure.failureId ? { type: "wait" } : { type: "count", groupId };
  }
  const opened = notice?.state === "open" ? notice : openNotice(notice, failure, now);
  const mailed = { ...mailing(opened, now), mailingFor: failure.failureId };
  return { type: "mail", groupId, board: withNotice(standing, groupId, mailed, now) };
}

/** Whether an open notice of its own tells of it, so that nothing has to be asked before it is counted. */
export function isOpenFor(board: NoticeBoard | undefined, failure: Failure): boolean {
  return board?.notices[groupFor(board, failure)]?.state === "open";
}

function groupFor(board: NoticeBoard, failure: Failure): string {
  const own = groupIdOf(failure);
  if (board.notices[own]?.state === "open") return own;
  const others = othersIdOf(failure);
  const open = Object.entries(board.notices).filter(([id, { state }]) => id !== others && state === "open");
  return open.length < MAX_OPEN_GROUPS ? own : others;
}

function emptyBoard({ pipeline, class: failureClass }: Failure): NoticeBoard {
  return { pipeline, class: failureClass, notices: {}, revision: 0 };
}

/** Events come in any order: a failure that ended a little before the first one we hear of is part of it. */
function openNotice(earlier: Notice | undefined, failure: Failure, now: Date): Notice {
  return {
    state: "open",
    openedAt: now.toISOString(),
    after: earlier?.after ?? new Date(Date.parse(failure.at) - QUIET_MS).toISOString(),
    told: 0,
    digests: 0,
    returns: earlier === undefined ? 0 : earlier.returns + 1,
  };
}

/** What is known of a group when its notice is looked at. */
export interface GroupNews {
  /** When its newest failure ended; undefined where none is on record. */
  readonly lastFailureAt: string | undefined;
}

/** Which mail an open notice may be waiting for; a digest and a recovery have to be asked for more before they are sent. */
export type DueMail = "first" | "digest" | "recovery" | "forget";

/** Everything that is due now, the most wanted first. */
export function dueMails(notice: Notice, { lastFailureAt }: GroupNews, now: Date): DueMail[] {
  if (notice.state === "closed" || isMailing(notice, now)) return [];
  if (notice.mailedAt === undefined) return ["first"];
  const quietMs = now.getTime() - Date.parse(later(lastFailureAt, notice.openedAt));
  const due: DueMail[] = [];
  if (quietMs >= quietNeededMs(notice)) due.push("recovery");
  if (now.getTime() - Date.parse(notice.mailedAt) >= windowMs(notice)) due.push("digest");
  if (quietMs >= FORGOTTEN_MS) due.push("forget");
  return due;
}

/** Before a mail goes out: nobody else sends it meanwhile. */
export function mailingNotice(board: NoticeBoard, groupId: string, now: Date): NoticeBoard | undefined {
  const notice = board.notices[groupId];
  if (notice?.state !== "open" || isMailing(notice, now)) return undefined;
  return withNotice(board, groupId, mailing(notice, now), now);
}

/** After a mail went out that accounts for `total` failures of the group. */
export function mailedNotice(
  board: NoticeBoard,
  groupId: string,
  mail: { kind: "first" | "digest" | "recovery"; total: number; lastFailureAt: string },
  now: Date,
): NoticeBoard | undefined {
  const notice = board.notices[groupId];
  if (notice?.state !== "open") return undefined;
  if (mail.kind === "recovery") return closedNotice(board, groupId, mail.lastFailureAt, now);
  const { mailingUntil: _, mailingFor: __, ...rest } = notice;
  const next: Notice = {
    ...rest,
    mailedAt: now.toISOString(),
    told: Math.max(notice.told, mail.total),
    digests: notice.digests + (mail.kind === "digest" ? 1 : 0),
  };
  // What goes on for weeks outlives the record of its first failures; it begins to count anew.
  const isOld = now.getTime() - Date.parse(notice.openedAt) > FORGOTTEN_MS;
  const renewed = isOld ? { openedAt: now.toISOString(), after: mail.lastFailureAt, told: 0 } : {};
  return withNotice(board, groupId, { ...next, ...renewed }, now);
}

/** The group is over; its next failure is news again. */
export function closedNotice(
  board: NoticeBoard,
  groupId: string,
  lastFailureAt: string,
  now: Date,
): NoticeBoard | undefined {
  const notice = board.notices[groupId];
  if (notice?.state !== "open") return undefined;
  const { mailingUntil: _, mailingFor: __, ...rest } = notice;
  return withNotice(
    board,
    groupId,
    { ...rest, state: "closed", after: later(lastFailureAt, notice.after), closedAt: now.toISOString() },
    now,
  );
}

function mailing(notice: Notice, now: Date): Notice {
  return { ...notice, mailingUntil: new Date(now.getTime() + MAILING_MS).toISOString() };
}

function isMailing({ mailingUntil }: Notice, now: Date): boolean {
  return mailingUntil !== undefined && Date.parse(mailingUntil) > now.getTime();
}

function windowMs({ digests }: Notice): number {
  return DIGEST_WINDOWS_MS[Math.min(digests, DIGEST_WINDOWS_MS.length - 1)] ?? DAY_MS;
}

function quietNeededMs({ returns }: Notice): number {
  return Math.min(DAY_MS, QUIET_MS * 2 ** returns);
}

/** Writes a notice, and lets go of those that recovered more than a day ago. */
function withNotice(board: NoticeBoard, groupId: string, notice: Notice, now: Date): NoticeBoard {
  const kept = Object.entries(board.notices).filter(
    ([, { closedAt }]) => closedAt === undefined || now.getTime() - Date.parse(closedAt) < DAY_MS,
  );
  return {
    ...board,
    notices: { ...Object.fromEntries(kept), [groupId]: notice },
    revision: board.revision + 1,
  };
}

function later(one: string | undefined, other: string): string {
  return one === undefined || one < other ? other : one;
}
