import type { Dependencies } from "../template/dependencies.ts";

/**
 * Runs one piece of work per id, each as soon as those that it waits for are done, side by side. After a failure, or where
 * `mayStart` says no, nothing new begins; what runs is let finish. Never throws for a piece's failure.
 */
export async function runGraph(
  dependencies: Dependencies,
  work: (id: string) => Promise<void>,
  mayStart: () => boolean,
): Promise<{ readonly failures: ReadonlyMap<string, unknown>; readonly complete: boolean }> {
  const waiting = new Map([...dependencies].map(([id, before]) => [id, new Set(before)]));
  const running = new Map<string, Promise<void>>();
  const failures = new Map<string, unknown>();
  const start = (id: string) => {
    waiting.delete(id);
    const done = work(id).then(
      () => waiting.forEach((before) => before.delete(id)),
      (error: unknown) => void failures.set(id, error),
    );
    running.set(
      id,
      done.finally(() => running.delete(id)),
    );
  };
  for (;;) {
    const ready = [...waiting].filter(([, before]) => before.size === 0).map(([id]) => id);
    if (failures.size === 0 && mayStart()) ready.forEach(start);
    if (running.size === 0) return { failures, complete: waiting.size === 0 && failures.size === 0 };
    await Promise.race(running.values());
  }
}

/** The same graph from its other end: what was made last goes first. Dependencies on ids outside of it are dropped. */
export function reversed(
  records: readonly { readonly logicalId: string; readonly dependsOn: readonly string[] }[],
): Dependencies {
  const ids = new Set(records.map(({ logicalId }) => logicalId));
  return new Map(
    [...ids].map((id) => [
      id,
      new Set(records.filter(({ dependsOn }) => dependsOn.includes(id)).map(({ logicalId }) => logicalId)),
    ]),
  );
}
