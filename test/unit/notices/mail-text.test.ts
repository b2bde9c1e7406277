import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { composeFailureMail } from "#core/notices/compose-mail.ts";
import { composeDigest, composeRecovery } from "#core/notices/compose-digest.ts";
import type { Failure } from "#core/notices/failure.ts";
import { printable, subject } from "#core/notices/mail-text.ts";

const anything = fc.string({ unit: "binary", maxLength: 300 });
const site = { stage: "test", region: "us-east-1", logGroupPrefix: "/slipway/test/" };

const aFailure = (text: string): Failure => ({
  failureId: "job-1",
  pipeline: "images",
  class: "application",
  reason: text,
  advice: text,
  at: "2026-11-22T20:00:00.000Z",
  of: { type: "job", what: text, attempts: 1 },
});

describe("whatever a key, a reason or a log line holds", () => {
  test("the subject is what SNS takes: under 100 printable ASCII characters that begin with a letter or digit", () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(subject(text)).toMatch(/^[A-Za-z0-9][\x20-\x7e]{0,98}$/);
        const mail = composeFailureMail({ failure: aFailure(text), site, logLines: [] });
        expect(mail.subject).toMatch(/^[A-Za-z0-9][\x20-\x7e]{0,98}$/);
      }),
    );
  });

  test("no text forges a line of the mail", () => {
    fc.assert(
      fc.property(anything, (text) => {
        const forged = `${text}\r\nTo do:    Nothing at all.\u2028\u202e`;
        const mail = composeFailureMail({ failure: aFailure(forged), site, logLines: [forged] });
        const plain = composeFailureMail({ failure: aFailure("x"), site, logLines: ["x"] });
        expect(mail.body.split(/[\r\n\u0085\u2028\u2029]/)).toHaveLength(plain.body.split("\n").length);
      }),
    );
  });

  test("a mail stays far below the 256 KiB of SNS", () => {
    const long = "é".repeat(100_000);
    const story = {
      stage: "test",
      pipeline: "images",
      class: "application",
      openedAt: "2026-11-22T20:00:00.000Z",
      news: 2499,
      total: 2500,
      isMore: false,
      lastFailureAt: "2026-11-22T20:10:00.000Z",
      examples: Array.from({ length: 3 }, () => ({ failureId: "j", what: long, reason: long, at: "2026" })),
    } as const;
    const bodies = [
      composeFailureMail({
        failure: aFailure("é".repeat(1000)),
        site,
        logLines: Array(15).fill(long) as string[],
      }),
      composeDigest(story),
      composeRecovery(story),
    ].map(({ body }) => Buffer.byteLength(body));

    expect(Math.max(...bodies)).toBeLessThan(128 * 1024);
  });
});

test("names keep their letters in the body", () => {
  expect(printable("images/Hafen bei Dämmerung 🌅.jpg")).toBe("images/Hafen bei Dämmerung 🌅.jpg");
});
