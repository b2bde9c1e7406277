import { describe, expect, test } from "@jest/globals";
import { groupIdOf, failureOf } from "#core/notices/failure.ts";
import { MemoryMailPermits } from "#adapters/memory/memory-mail-permits.ts";
import { PacedMail } from "#flow/paced-mail.ts";
import { reviewNotices } from "#flow/review-notices.ts";
import { BAD_FILE, HOUR_MS, MINUTE_MS, NoticeWorld } from "./support/notice-world.ts";

describe("a failure", () => {
  test("that is delivered twice counts once, also after its group has recovered", async () => {
    const world = new NoticeWorld();
    const events = [await world.failedJob("one"), await world.failedJob("two")];
    for (const event of [...events, ...events, ...events]) await world.notify(event);
    world.pass(MINUTE_MS);
    await world.succeededJob("good");
    await world.sweepFor(2 * HOUR_MS);

    for (const event of events) await world.notify(event);

    expect(world.mails.map(({ subject }) => subject)).toEqual([
      expect.stringContaining("failed"),
      expect.stringContaining("recovered"),
    ]);
    expect(world.mails[1]?.body).toContain("Count: 2 failures");
  });

  test("that a person brought about by stopping the task is not mailed", async () => {
    const world = new NoticeWorld();

    await world.notify(await world.failedJob("stopped", { ...BAD_FILE, class: "cancelled" }));

    expect(world.mails).toEqual([]);
  });

  test("of a run that no rule explains is mailed as it was seen, once for all runs alike", async () => {
    const world = new NoticeWorld();

    await world.notify(world.unknownStop("run-1", 'ECS gave no exit code ("Flux of task 11 decayed").'));
    await world.notify(world.unknownStop("run-2", 'ECS gave no exit code ("Flux of task 12 decayed").'));

    expect(world.mails).toHaveLength(1);
    expect(world.mails[0]?.body).toContain('"Flux of task 11 decayed"');
    expect(world.mails[0]?.body).toContain("run-1 (jobs: 3)");
  });

  test("whose mail fails is mailed by the repetition of its event", async () => {
    const world = new NoticeWorld();
    const event = await world.failedJob("bad");
    world.mailErrors.push(new Error("SNS is away"));
    await expect(world.notify(event)).rejects.toThrow("SNS is away");

    world.pass(MINUTE_MS);
    await world.notify(event);
    await world.notify(event);

    expect(world.mails).toHaveLength(1);
  });

  test("whose handler died before its mail is mailed by the next equal failure", async () => {
    const world = new NoticeWorld();
    world.mailErrors.push(new Error("killed"));
    await expect(world.notify(await world.failedJob("first"))).rejects.toThrow("killed");
    world.pass(MINUTE_MS);

    await world.notify(await world.failedJob("second"));

    expect(world.mails.map(({ subject }) => subject)).toEqual([expect.stringContaining("second")]);
  });

  test("whose handler died for good before its mail is mailed by sweep", async () => {
    const world = new NoticeWorld();
    world.mailErrors.push(new Error("killed"));
    await expect(world.notify(await world.failedJob("only"))).rejects.toThrow("killed");

    await world.sweepFor(HOUR_MS);

    expect(world.mails).toHaveLength(1);
    expect(world.mails[0]?.body).toContain("images/only.jpg");
  });

  test("whose handler dies between mail and mark is mailed once more and not again", async () => {
    const world = new NoticeWorld();
    const event = await world.failedJob("bad");
    let saves = 0;
    const saveBoard: typeof world.notices.saveBoard = async (board) => {
      saves += 1;
      if (saves === 2) throw new Error("killed");
      return world.notices.saveBoard(board);
    };
    await expect(world.notify(event, { notices: { ...bound(world), saveBoard } })).rejects.toThrow("killed");

    await world.sweepFor(5 * HOUR_MS);

    expect(world.mails).toHaveLength(2);
  });

  test("is mailed once though many handlers see the first failures at the same moment", async () => {
    const world = new NoticeWorld();
    const events = await Promise.all(
      Array.from({ length: 50 }, (_, index) => world.failedJob(`bad-${index}`)),
    );

    await Promise.all(events.map((event) => world.notify(event)));

    expect(world.mails).toHaveLength(1);
    const failure = failureOf(events[0] ?? world.unknownStop("r", ""), {});
    expect(failure).toBeDefined();
    expect(
      await world.notices.countFailures({
        groupId: failure === undefined ? "" : groupIdOf(failure),
        after: "",
      }),
    ).toMatchObject({ count: 50 });
  });

  test("that is delivered twice at the same moment is mailed once, and by the repetition if the mailer died", async () => {
    for (const errors of [[], [new Error("killed")]]) {
      const world = new NoticeWorld();
      world.mailErrors.push(...errors);
      const event = await world.failedJob("bad");

      const ends = await Promise.allSettled([world.notify(event), world.notify(event)]);
      expect(ends.map(({ status }) => status).toSorted()).toContain("rejected");
      expect(world.mails).toHaveLength(errors.length === 0 ? 1 : 0);
      world.pass(MINUTE_MS);
      await world.notify(event);
      await world.notify(event);

      expect(world.mails).toHaveLength(1);
    }
  });

  test("is mailed though its log cannot be read", async () => {
    const world = new NoticeWorld();
    const tail = async () => Promise.reject(new Error("no such stream"));

    await world.notify(await world.failedJob("bad"), { taskLogs: { tail } });

    expect(world.mails[0]?.body).toContain("the log could not be read: Error: no such stream");
  });
});

describe("mails that come all at once", () => {
  test("never go out faster than SNS takes them, and are refused where they would wait too long", async () => {
    let nowMs = 500;
    const sentAt: number[] = [];
    const paced = new PacedMail({
      mail: { send: async () => void sentAt.push(nowMs) },
      permits: new MemoryMailPermits(),
      clock: { now: () => new Date(nowMs) },
      pause: async (milliseconds) => void (nowMs += milliseconds),
    });

    for (let mail = 0; mail < 40; mail += 1) await paced.send({ subject: "s", body: "b" });

    const most = sentAt.map((at) => sentAt.filter((other) => other >= at && other < at + 1000).length);
    expect(Math.max(...most)).toBeLessThanOrEqual(10);
    const frozen = new PacedMail({
      mail: { send: async () => undefined },
      permits: { take: async () => false },
      clock: { now: () => new Date(nowMs) },
      pause: async () => undefined,
    });
    await expect(frozen.send({ subject: "s", body: "b" })).rejects.toThrow("More mails wait");
  });
});

/** The store's methods, bound, so that one of them can be replaced. */
function bound({ notices }: NoticeWorld) {
  return {
    readBoard: notices.readBoard.bind(notices),
    listBoards: notices.listBoards.bind(notices),
    noteFailure: notices.noteFailure.bind(notices),
    knowsFailure: notices.knowsFailure.bind(notices),
    newestFailures: notices.newestFailures.bind(notices),
    countFailures: notices.countFailures.bind(notices),
  };
}

describe("a tick of sweep without the time for all notices", () => {
  test("sees to some, and the next one goes on behind them", async () => {
    const world = new NoticeWorld();
    for (const [jobId, reason] of Object.entries({ a: "Too dark.", b: "Too bright.", c: "Too small." })) {
      world.mailErrors.push(new Error("killed"));
      await expect(world.notify(await world.failedJob(jobId, { ...BAD_FILE, reason }))).rejects.toThrow(
        "killed",
      );
    }
    world.pass(5 * MINUTE_MS);
    // Each mail fails once more, so that only who is behind it can have its turn.
    const failing = { send: async () => Promise.reject(new Error("SNS is away")) };
    let looks = 0;
    const tick = async (behind: string): Promise<string> => {
      looks = 0;
      const ports = { ...world.ports(), mail: failing, remainingMs: () => ((looks += 1) > 2 ? 0 : 60_000) };
      return reviewNotices(behind, ports);
    };

    const first = await tick("");
    const second = await tick(first);

    const groups = (await world.notices.listBoards()).flatMap(({ notices }) => Object.keys(notices)).sort();
    expect(first).toBe(`images#application#${groups[1]}`);
    expect(second).toBe(`images#application#${groups[0]}`);
    expect(await reviewNotices(second, world.ports())).toBe("");
  });
});
