import { describe, expect, test } from "@jest/globals";
import { BAD_FILE, HOUR_MS, MINUTE_MS, NoticeWorld, TIMEOUT } from "./support/notice-world.ts";

const subjects = ({ mails }: NoticeWorld) => mails.map(({ subject }) => subject);

/** 2,500 equal failures within a quarter of an hour; a timeout in the middle. */
async function storm(world: NoticeWorld): Promise<void> {
  for (let index = 0; index < 2500; index += 1) {
    await world.notify(
      await world.failedJob(`bad-${index}`, { ...BAD_FILE, reason: `Byte ${index} is wrong.` }),
    );
    if (index === 1200) await world.notify(await world.failedJob("slow", TIMEOUT));
    world.pass(300);
  }
}

describe("2,500 equal failures", () => {
  test("make one mail within a minute, one digest and one recovery; a second class is mailed at once", async () => {
    const world = new NoticeWorld();

    await storm(world);
    await world.sweepFor(HOUR_MS);
    await world.succeededJob("good");
    await world.sweepFor(3 * HOUR_MS);

    const equal = world.mails.filter(({ subject }) => subject.includes("application"));
    expect(equal.map(({ subject }) => subject)).toEqual([
      "Slipway test: images failed (application): images/bad-0.jpg",
      "Slipway test: images: 2,499 failures more (application)",
      "Slipway test: images recovered (application)",
    ]);
    expect(equal[0]?.second).toBeLessThan(60);
    expect(equal[2]?.body).toContain("Count: 2,500 failures since 2026-11-22 20:00:00 UTC");
    const second = world.mails.find(({ subject }) => subject.includes("failed (timeout)"));
    expect(second?.second).toBeCloseTo(1200 * 0.3, 5);
  });

  test("are told with the recovery where no digest was due before it", async () => {
    const world = new NoticeWorld();

    for (let index = 0; index < 2500; index += 1) await world.notify(await world.failedJob(`bad-${index}`));
    world.pass(1);
    await world.succeededJob("good");
    world.pass(61 * MINUTE_MS);
    await world.sweepFor(5 * HOUR_MS);

    expect(subjects(world)).toEqual([
      "Slipway test: images failed (application): images/bad-0.jpg",
      "Slipway test: images recovered (application)",
    ]);
    expect(world.mails[1]?.body).toContain("Not told before: 2,499 failures.");
  });

  test("have a digest that shows some of them and how to retry them", async () => {
    const world = new NoticeWorld();
    await storm(world);

    await world.sweepFor(2 * HOUR_MS);

    const digest = world.mails.find(({ subject }) => subject.includes("2,499"));
    expect(digest?.body).toContain("images/bad-2499.jpg");
    expect(digest?.body).toContain("Why:   Byte 2499 is wrong.");
    expect(digest?.body).toContain("npx slipway retry bad-2499 --stage test");
  });
});

describe("failures of a group", () => {
  test("do not end with a recovery while nothing has succeeded since", async () => {
    const world = new NoticeWorld();
    await world.succeededJob("before");
    world.pass(1000);
    await world.notify(await world.failedJob("bad"));

    await world.sweepFor(24 * HOUR_MS);

    expect(subjects(world)).toEqual(["Slipway test: images failed (application): images/bad.jpg"]);
  });

  test("are over when the job that failed succeeds after all", async () => {
    const world = new NoticeWorld();
    await world.notify(await world.failedJob("bad"));
    world.pass(MINUTE_MS);
    await world.succeededJob("other");

    await world.sweepFor(2 * HOUR_MS);

    expect(subjects(world)).toEqual([
      expect.stringContaining("failed"),
      expect.stringContaining("recovered"),
    ]);
  });

  test("that come back after a recovery are news at once", async () => {
    const world = new NoticeWorld();
    await world.notify(await world.failedJob("bad"));
    world.pass(MINUTE_MS);
    await world.succeededJob("good");
    await world.sweepFor(2 * HOUR_MS);

    await world.notify(await world.failedJob("bad again"));

    expect(subjects(world).at(-1)).toContain("bad again");
    expect(world.mails).toHaveLength(3);
  });

  test("that come and go every seventy minutes for a week make no flood", async () => {
    const world = new NoticeWorld();

    for (let round = 0; round < 144; round += 1) {
      await world.notify(await world.failedJob(`bad-${round}`));
      world.pass(MINUTE_MS);
      await world.succeededJob(`good-${round}`);
      await world.sweepFor(70 * MINUTE_MS);
    }

    expect(world.mails.length).toBeLessThan(20);
  });

  test("that go on for days are told less and less often", async () => {
    const world = new NoticeWorld();

    for (let hour = 0; hour < 72; hour += 1) {
      await world.notify(await world.failedJob(`bad-${hour}`));
      await world.sweepFor(HOUR_MS);
    }

    expect(world.mails.map(({ second }) => Math.round(second / 3600))).toEqual([0, 1, 5, 29, 53]);
  });

  test("whose reasons all differ are folded, and each mail keeps SNS' pace", async () => {
    const world = new NoticeWorld();
    const word = (index: number) =>
      String(index).replace(/\d/g, (digit) => "abcdefghij".charAt(Number(digit)));

    for (let index = 0; index < 500; index += 1) {
      await world.notify(
        await world.failedJob(`bad-${index}`, { ...BAD_FILE, reason: `It is ${word(index)}.` }),
      );
    }
    await world.sweepFor(2 * HOUR_MS);

    const first = world.mails.filter(({ second }) => second < 60);
    expect(first).toHaveLength(21);
    expect(world.mails.slice(21).map(({ subject }) => subject)).toEqual([
      "Slipway test: images: 479 failures more (application)",
    ]);
  });
});
