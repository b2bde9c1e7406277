import type { NoticeStore } from "#core/ports/notice-store.ts";

interface Group {
  readonly openedBy: string;
  readonly failures: Set<string>;
  mailedAt?: string;
}

export class MemoryNoticeStore implements NoticeStore {
  readonly #groups = new Map<string, Group>();

  async count(failure: Parameters<NoticeStore["count"]>[0]): ReturnType<NoticeStore["count"]> {
    const key = keyOf(failure);
    const group = this.#groups.get(key);
    if (group === undefined) {
      this.#groups.set(key, { openedBy: failure.failureId, failures: new Set([failure.failureId]) });
      return { isNew: true, count: 1 };
    }
    group.failures.add(failure.failureId);
    const isNew = group.openedBy === failure.failureId && group.mailedAt === undefined;
    return { isNew, count: group.failures.size };
  }

  async markMailed(group: Parameters<NoticeStore["markMailed"]>[0]): Promise<void> {
    const standing = this.#groups.get(keyOf(group));
    if (standing !== undefined) standing.mailedAt = group.at;
  }
}

function keyOf({ groupId, windowStart }: { groupId: string; windowStart: string }): string {
  return `${groupId}#${windowStart}`;
}
