import type { FailureClass } from "#core/classification/failure.ts";
import type { NoticeBoard } from "#core/notices/notice.ts";
import type { SaveResult } from "#core/ports/job-store.ts";
import type { NotedFailure, NoticeStore } from "#core/ports/notice-store.ts";
import { MemoryTable } from "./memory-table.ts";

export class MemoryNoticeStore implements NoticeStore {
  readonly #boards = new MemoryTable<NoticeBoard>();
  readonly #failures = new Map<string, Map<string, NotedFailure>>();

  async readBoard(pipeline: string, failureClass: FailureClass): Promise<NoticeBoard | undefined> {
    return this.#boards.get(keyOf({ pipeline, class: failureClass }));
  }

  async saveBoard(board: NoticeBoard): Promise<SaveResult<NoticeBoard>> {
    return this.#boards.put(keyOf(board), board);
  }

  async listBoards(): Promise<NoticeBoard[]> {
    return [...this.#boards.values()];
  }

  async noteFailure(groupId: string, { failureId, at }: NotedFailure): Promise<void> {
    const group = this.#failures.get(groupId) ?? new Map<string, NotedFailure>();
    this.#failures.set(groupId, group.set(`${at}#${failureId}`, { failureId, at }));
  }

  async knowsFailure(groupId: string, { failureId, at }: NotedFailure): Promise<boolean> {
    return this.#failures.get(groupId)?.has(`${at}#${failureId}`) ?? false;
  }

  async newestFailures({
    groupId,
    after,
    limit,
  }: {
    groupId: string;
    after: string;
    limit: number;
  }): Promise<NotedFailure[]> {
    return this.#after(groupId, after)
      .sort((a, b) => (a.at < b.at ? 1 : -1))
      .slice(0, limit);
  }

  async countFailures({
    groupId,
    after,
  }: {
    groupId: string;
    after: string;
  }): Promise<{ count: number; isMore: boolean }> {
    return { count: this.#after(groupId, after).length, isMore: false };
  }

  #after(groupId: string, after: string): NotedFailure[] {
    return [...(this.#failures.get(groupId)?.values() ?? [])].filter(({ at }) => at > after);
  }
}

function keyOf(board: Pick<NoticeBoard, "pipeline" | "class">): string {
  return `${board.pipeline}#${board.class}`;
}
