import { once } from "node:events";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { WorkQueue } from "#core/ports/work-queue.ts";
import { MessageLeases } from "#runtime/message-leases.ts";

/** Seconds for which a message is hidden: short, so that signs of life come several times in a test. */
const VISIBILITY_SECONDS = 0.3;

let open: MessageLeases | undefined;
afterEach(() => open?.close());

function leasesOver(hide: WorkQueue["hide"]): MessageLeases {
  const never = () => Promise.reject(new Error("not asked for"));
  open = new MessageLeases({
    queue: { receive: never, delete: never, hide },
    visibilitySeconds: VISIBILITY_SECONDS,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  return open;
}

describe("a message that is worked on", () => {
  it("is kept hidden for longer than the queue would hide it", async () => {
    const hidden: string[][] = [];
    const often = Promise.withResolvers<void>();
    const leases = leasesOver(async (receipts, seconds) => {
      expect(seconds).toBe(VISIBILITY_SECONDS);
      hidden.push([...receipts]);
      if (hidden.length === 6) often.resolve();
      return [];
    });

    const lease = leases.hold("r-1", performance.now());
    await often.promise;

    expect(lease.lost.aborted).toBe(false);
    expect(hidden.flat()).toEqual(Array<string>(6).fill("r-1"));
  });

  it("is lost where the queue says that it is another's", async () => {
    const leases = leasesOver(async () => ["r-1"]);
    const [mine, other] = [leases.hold("r-1", performance.now()), leases.hold("r-2", performance.now())];

    await once(mine.lost, "abort");

    expect(other.lost.aborted).toBe(false);
  });

  it("is given up where the queue cannot be reached, before another may receive it", async () => {
    const leases = leasesOver(() => Promise.reject(new Error("no way")));
    const receivedMs = performance.now();
    const lease = leases.hold("r-1", receivedMs);

    await once(lease.lost, "abort");

    expect(lease.lost.reason).toMatchObject({ message: expect.stringContaining("could not be reached") });
  });

  it("gives no sign of life once it is done", async () => {
    const hidden: string[][] = [];
    const next = Promise.withResolvers<void>();
    const leases = leasesOver(async (receipts) => {
      hidden.push([...receipts]);
      next.resolve();
      return [];
    });
    leases.hold("r-1", performance.now()).end();
    leases.hold("r-2", performance.now());

    await next.promise;

    expect(hidden).toEqual([["r-2"]]);
  });
});
