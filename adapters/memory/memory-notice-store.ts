import { MAIL_OVERDUE_MS, type NoticeStore } from "#core/ports/notice-store.ts";

interface Group {
  openedBy: string;
  openedAt: string;
  readonly failures: Set<string>;
  mailedAt?: string;
}

export class MemoryNoticeStore implements NoticeStore {
  readonly #groups = new Map<string, Group>();

  async count(failure: Parameters<NoticeStore["count"]>[0]): ReturnType<NoticeStore["count"]> {
    const { failureId, at } = failure;
    const group = this.#groups.get(keyOf(failure)) ?? {
      openedBy: failureId,
      openedAt: at,
      failures: new Set(),
    };
    this.#groups.set(keyOf(failure), group);
    group.failures.add(failureId);
    const isOverdue =
      group.mailedAt === undefined && Date.parse(at) - Date.parse(group.openedAt) > MAIL_OVERDUE_MS;
    if (isOverdue) Object.assign(group, { openedBy: failureId, openedAt: at });
    return {
      isNew: group.openedBy === failureId && group.mailedAt === undefined,
      count: group.failures.size,
    };
  }

  async markMailed(group: Parameters<NoticeStore["markMailed"]>[0]): Promise<void> {
    const standing = this.#groups.get(keyOf(group));
    if (standing !== undefined) standing.mailedAt = group.at;
  }
}

function keyOf({ groupId, windowStart }: { groupId: string; windowStart: string }): string {
  return `${groupId}#${windowStart}`;
}
