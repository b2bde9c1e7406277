import type { FailureClass } from "../classification/failure.ts";
import type { NoticeBoard } from "../notices/notice.ts";
import type { SaveResult } from "./job-store.ts";

/** A failure as it is counted. */
export interface NotedFailure {
  readonly failureId: string;
  /** ISO 8601, when it ended. */
  readonly at: string;
}

/**
 * What administrators have been told, and which failures there were. Boards are small and few: one for each pipeline and class
 * that ever failed. Failures are an item each, spread over partitions and gone after some weeks.
 */
export interface NoticeStore {
  /** Consistent read. */
  readBoard(pipeline: string, failureClass: FailureClass): Promise<NoticeBoard | undefined>;
  /** Replaces the board whose revision is `board.revision - 1`. */
  saveBoard(board: NoticeBoard): Promise<SaveResult<NoticeBoard>>;
  /** All of them, consistent. */
  listBoards(): Promise<NoticeBoard[]>;
  /** Idempotent: the same failure noted twice is one. */
  noteFailure(groupId: string, failure: NotedFailure): Promise<void>;
  knowsFailure(groupId: string, failure: NotedFailure): Promise<boolean>;
  /** The newest failures of a group that ended after `after`, newest first. */
  newestFailures(query: { groupId: string; after: string; limit: number }): Promise<NotedFailure[]>;
  /** How many ended after `after`; counts no further than some ten thousand. */
  countFailures(query: { groupId: string; after: string }): Promise<{ count: number; isMore: boolean }>;
}
