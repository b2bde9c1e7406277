import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { composeFailureMail } from "#core/notices/compose-mail.ts";
import { type Failure, groupIdOf } from "#core/notices/failure.ts";
import { fingerprint } from "#core/notices/fingerprint.ts";
import { subject } from "#core/notices/mail-text.ts";
import { later, TASK_ARN } from "../support/builders.ts";

function aFailure(change: Partial<Failure> & { key?: string } = {}): Failure {
  const { key, ...rest } = change;
  return {
    failureId: "6a1f0d2e8b4c5d3f9e70b1c0ad9e8f70",
    pipeline: "images",
    class: "application",
    reason: "It is no image.",
    advice: "Upload an image.",
    at: later(10).toISOString(),
    of: { type: "job", what: key ?? "images/contract.jpg", bucket: "uploads", attempts: 1 },
    taskArn: TASK_ARN,
    ...rest,
  };
}

function mailOf(change: { key?: string; reason?: string; logLines?: string[] } = {}) {
  const { logLines, ...failure } = change;
  return composeFailureMail({
    failure: aFailure(failure),
    site: { stage: "dev", region: "us-east-1", logGroupPrefix: "/slipway/dev/" },
    logLines: logLines ?? ["last words"],
  });
}

describe("the mail of a failure", () => {
  it("says what happened, to which object, why, what to do, and how to try again", () => {
    const { subject: title, body } = mailOf();

    expect(title).toBe("Slipway dev: images failed (application): images/contract.jpg");
    for (const part of [
      "images/contract.jpg",
      "It is no image.",
      "Upload an image.",
      "npx slipway retry 6a1f0d2e8b4c5d3f9e70b1c0ad9e8f70 --stage dev",
      "/clusters/slipway/tasks/00000000000000000000000000000001",
      "last words",
    ]) {
      expect(body).toContain(part);
    }
  });

  it("has a subject that SNS takes, whatever the file is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 1024 }), (key) => {
        expect(mailOf({ key }).subject).toMatch(/^[A-Za-z0-9][\x20-\x7e]{0,98}$/);
      }),
    );
  });

  it("has no line that a file name, a reason or a log line forged", () => {
    const lines = mailOf().body.split("\n").length;
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { body } = mailOf({ key: `a${text}`, reason: text, logLines: [text] });
        expect(body.split(/[\n\r\u0085\u2028\u2029]/)).toHaveLength(lines);
        expect(body).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  it("shows an emoji as it is", () => {
    expect(mailOf({ key: "images/📷 é.jpg" }).body).toContain("images/📷 é.jpg");
  });
});

describe("a subject", () => {
  it.each([
    [99, 99],
    [100, 99],
    [500, 99],
  ])("of %i characters has %i", (length, expected) => {
    expect(subject("x".repeat(length))).toHaveLength(expected);
  });
});

describe("a group of notices", () => {
  const groupOf = (reason: string, change: { pipeline?: string; class?: "network" } = {}) =>
    groupIdOf(aFailure({ reason, ...change }));

  it("holds failures that differ in names, numbers and ids only", () => {
    expect(groupOf('File "a.jpg" has 5 bytes (request 9f86d081884c7d65).')).toBe(
      groupOf('File "b b.png" has 17 bytes (request 2c26b46b68ffc68f).'),
    );
  });

  it("is of one pipeline, one class and one cause", () => {
    const ids = [
      groupOf("no image"),
      groupOf("too large"),
      groupOf("no image", { pipeline: "b" }),
      groupOf("no image", { class: "network" }),
    ];

    expect(new Set(ids).size).toBe(4);
  });

  it("has a fingerprint that people can read", () => {
    expect(fingerprint('The file "x.pdf" has 12 pages.')).toBe('the file "" has # pages.');
  });
});
