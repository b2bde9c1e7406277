import { beforeEach, expect, it } from "@jest/globals";
import type { NoticeBoard } from "#core/notices/notice.ts";
import type { NoticeStore } from "#core/ports/notice-store.ts";

let groups = 0;
const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 20, minute)).toISOString();

/** What every NoticeStore does; `make` may give the same store again: each test has a pipeline and a group of its own. */
export function noticeStoreContract(make: () => NoticeStore): void {
  let store: NoticeStore;
  let groupId: string;
  let board: NoticeBoard;
  beforeEach(() => {
    store = make();
    groupId = `group-${(groups += 1)}`;
    board = {
      pipeline: `pipeline-${groups}`,
      class: "timeout",
      notices: {
        [groupId]: { state: "open", openedAt: at(0), after: at(0), told: 1, digests: 0, returns: 0 },
      },
      revision: 1,
    };
  });

  it("writes boards on condition of their revision, and lists them", async () => {
    expect(await store.readBoard(board.pipeline, "timeout")).toBeUndefined();
    expect(await store.saveBoard(board)).toEqual({ saved: true });
    expect(await store.saveBoard({ ...board, notices: {} })).toEqual({ saved: false, current: board });
    expect(await store.saveBoard({ ...board, revision: 2 })).toEqual({ saved: true });
    expect(await store.readBoard(board.pipeline, "timeout")).toEqual({ ...board, revision: 2 });
    expect(await store.readBoard(board.pipeline, "network")).toBeUndefined();
    expect(await store.listBoards()).toContainEqual({ ...board, revision: 2 });
  });

  it("lets one of many writers at once through", async () => {
    const results = await Promise.all(Array.from({ length: 10 }, () => store.saveBoard(board)));

    expect(results.filter(({ saved }) => saved)).toHaveLength(1);
  });

  it("counts each failure once, after a time, newest first, over all partitions", async () => {
    const failures = Array.from({ length: 20 }, (_, index) => ({ failureId: `job-${index}`, at: at(index) }));
    for (const failure of [...failures, ...failures]) await store.noteFailure(groupId, failure);
    await store.noteFailure(`${groupId}x`, { failureId: "job-1", at: at(1) });

    expect(await store.countFailures({ groupId, after: at(-1) })).toEqual({ count: 20, isMore: false });
    expect(await store.countFailures({ groupId, after: at(4) })).toEqual({ count: 15, isMore: false });
    expect(await store.newestFailures({ groupId, after: at(17), limit: 3 })).toEqual([
      { failureId: "job-19", at: at(19) },
      { failureId: "job-18", at: at(18) },
    ]);
    expect(await store.newestFailures({ groupId, after: at(-1), limit: 3 })).toHaveLength(3);
  });

  it("knows a failure again by its id and its end", async () => {
    await store.noteFailure(groupId, { failureId: "job-3", at: at(3) });

    expect(await store.knowsFailure(groupId, { failureId: "job-3", at: at(3) })).toBe(true);
    expect(await store.knowsFailure(groupId, { failureId: "job-3", at: at(4) })).toBe(false);
    expect(await store.knowsFailure(`${groupId}x`, { failureId: "job-3", at: at(3) })).toBe(false);
  });
}
