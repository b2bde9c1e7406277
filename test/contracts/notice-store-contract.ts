import { beforeEach, expect, it } from "@jest/globals";
import type { NoticeStore } from "#core/ports/notice-store.ts";
import { later } from "../unit/support/builders.ts";

let groups = 0;

/** What every NoticeStore does; `make` may give the same store again: each test has a group of its own. */
export function noticeStoreContract(make: () => NoticeStore): void {
  let store: NoticeStore;
  let groupId: string;
  beforeEach(() => {
    store = make();
    groupId = `group-${(groups += 1)}`;
  });

  const start = new Date();
  const count = (failureId: string, afterSeconds = 0, window = start) =>
    store.count({
      groupId,
      windowStart: window.toISOString(),
      failureId,
      at: later(afterSeconds, start).toISOString(),
    });
  const mailed = () =>
    store.markMailed({ groupId, windowStart: start.toISOString(), at: start.toISOString() });

  it("tells the failure that opens a group from those that follow", async () => {
    expect(await count("a")).toEqual({ isNew: true, count: 1 });
    expect(await count("b")).toEqual({ isNew: false, count: 2 });
    expect(await count("c")).toEqual({ isNew: false, count: 3 });
  });

  it("lets one of many at once be the first", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => count(`f${n}`)));

    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(Math.max(...answers.map((answer) => answer.count))).toBe(10);
  });

  it("counts a failure once, however often it is told", async () => {
    await count("a");
    await count("b");
    await count("b");

    expect(await count("a")).toMatchObject({ count: 2 });
  });

  it("says new again to the opener until the mail has gone", async () => {
    await count("a");
    expect(await count("a")).toEqual({ isNew: true, count: 1 });

    await mailed();
    expect(await count("a")).toEqual({ isNew: false, count: 1 });
    expect(await count("b", 3600)).toEqual({ isNew: false, count: 2 });
  });

  it("lets another failure take the opener's place when its mail is overdue", async () => {
    await count("a");

    expect(await count("b", 60)).toMatchObject({ isNew: false });
    expect(await count("c", 61)).toEqual({ isNew: true, count: 3 });
    expect(await count("c", 62)).toEqual({ isNew: true, count: 3 });
    expect(await count("d", 63)).toEqual({ isNew: false, count: 4 });
  });

  it("keeps windows apart", async () => {
    await count("a");

    expect(await count("b", 3600, later(3600, start))).toEqual({ isNew: true, count: 1 });
  });
}
