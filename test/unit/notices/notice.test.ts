import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Failure } from "#core/notices/failure.ts";
import { admitFailure, dueMails, MAX_OPEN_GROUPS, mailedNotice, type Notice } from "#core/notices/notice.ts";
import type { NoticeBoard } from "#core/notices/notice.ts";

const START = Date.parse("2026-11-22T20:00:00.000Z");
const MINUTE_MS = 60_000;
const at = (minutes: number) => new Date(START + minutes * MINUTE_MS);

const aFailure = (reason: string, minutes = 0): Failure => ({
  failureId: `job-${minutes}`,
  pipeline: "images",
  class: "application",
  reason,
  advice: "",
  at: at(minutes).toISOString(),
  of: { type: "job", what: "schedule", attempts: 1 },
});

const aNotice = (change: Partial<Notice> = {}): Notice => ({
  state: "open",
  openedAt: at(0).toISOString(),
  after: at(-60).toISOString(),
  told: 1,
  mailedAt: at(0).toISOString(),
  digests: 0,
  returns: 0,
  ...change,
});

describe("a notice", () => {
  test.each([
    ["nothing within its window", {}, 59, 59, []],
    ["a digest after an hour", {}, 60, 59, ["digest"]],
    ["a second digest after four more", { digests: 1 }, 239, 238, []],
    ["a second digest after four more hours", { digests: 1 }, 240, 239, ["digest"]],
    ["later ones a day apart", { digests: 7 }, 1439, 1438, []],
    ["a recovery when an hour was quiet", {}, 70, 10, ["recovery", "digest"]],
    ["no recovery while it fails", {}, 70, 11, ["digest"]],
    ["a recovery later where it came back", { returns: 2 }, 239, 0, ["digest"]],
    ["a recovery where it came back and went again", { returns: 2 }, 240, 0, ["recovery", "digest"]],
    ["its first mail where the mailer died", { mailedAt: undefined }, 1, 0, ["first"]],
    ["nothing while somebody mails", { mailingUntil: at(71).toISOString() }, 70, 0, []],
    ["nothing once it is closed", { state: "closed" }, 600, 0, []],
    ["an end without a mail after two weeks", {}, 14 * 1440, 0, ["recovery", "digest", "forget"]],
  ] as const)("is due for %s", (_, change, now, lastFailure, due) => {
    const { mailedAt, ...rest } = { ...aNotice(), ...change };
    const notice = { ...rest, ...(mailedAt === undefined ? {} : { mailedAt }) };
    expect(dueMails(notice, { lastFailureAt: at(lastFailure).toISOString() }, at(now))).toEqual(due);
  });

  test("counts from anew when it has been open for weeks, for the record of its first failures goes", () => {
    const board: NoticeBoard = {
      pipeline: "images",
      class: "application",
      notices: { group: aNotice({ told: 500 }) },
      revision: 9,
    };
    const now = at(15 * 1440);

    const mailed = mailedNotice(
      board,
      "group",
      { kind: "digest", total: 600, lastFailureAt: now.toISOString() },
      now,
    );

    expect(mailed?.notices["group"]).toMatchObject({
      told: 0,
      after: now.toISOString(),
      openedAt: now.toISOString(),
    });
  });
});

test("however many kinds of failures come in whatever order, at most twenty-one mails open within a day", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(fc.tuple(word, fc.integer({ min: 0, max: 20 }))), (failures) => {
      let board: NoticeBoard | undefined;
      let minutes = 0;
      let mails = 0;
      for (const [reason, pause] of failures) {
        minutes += pause;
        const admission = admitFailure(board, aFailure(reason, minutes), at(minutes));
        if (admission.type !== "mail") continue;
        mails += 1;
        board = mailedNotice(
          admission.board,
          admission.groupId,
          { kind: "first", total: 1, lastFailureAt: at(minutes).toISOString() },
          at(minutes),
        );
      }
      expect(mails).toBeLessThanOrEqual(MAX_OPEN_GROUPS + 1);
      expect(mails).toBeGreaterThanOrEqual(failures.length === 0 ? 0 : 1);
    }),
  );
});
