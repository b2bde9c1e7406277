import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { fingerprint } from "#core/notices/fingerprint.ts";

describe("equal failures read the same", () => {
  test.each([
    ["amounts", "4 of 5 bytes came", "12 of 4096 bytes came"],
    ["quoted names", 'cannot open "a.jpg"', 'cannot open "b c.jpg"'],
    [
      "paths",
      "ENOENT: no such file, open '/tmp/slipway-aB1/input'",
      "ENOENT: no such file, open '/tmp/slipway-Zz9/input'",
    ],
    ["bare paths", "cannot read /tmp/slipway-abc/input now", "cannot read /tmp/slipway-xyz/input now"],
    ["task ARNs", "arn:aws:ecs:us-east-1:1:task/c/abc failed", "arn:aws:ecs:us-east-1:1:task/c/def failed"],
    ["request ids", "SlowDown (request 7QZX81)", "SlowDown (request 9ABC22)"],
    ["addresses", "connect to 10.0.1.17:443 failed", "connect to 10.0.2.9:8443 failed"],
    ["spacing and case", "Access  denied", "access denied"],
  ])("where they differ in %s", (_, one, other) => {
    expect(fingerprint(one)).toBe(fingerprint(other));
  });

  test("where they differ in the object's own name, quoted or not", () => {
    expect(fingerprint("bay.jpg is no picture", ["images/bay.jpg", "bay.jpg"])).toBe(
      fingerprint("images/harbour at dusk.jpg is no picture", ["images/harbour at dusk.jpg", "dusk.jpg"]),
    );
  });

  test("whatever numbers stand in them", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (one, other) => {
        expect(fingerprint(`row ${one} has ${other} cells`)).toBe(
          fingerprint(`row ${other} has ${one} cells`),
        );
      }),
    );
  });
});

describe("different failures read differently", () => {
  test.each([
    ["another exit code", "The program ended with exit code 1.", "The program ended with exit code 137."],
    ["other words", "The file is empty.", "The file is not a picture."],
  ])("for %s", (_, one, other) => {
    expect(fingerprint(one)).not.toBe(fingerprint(other));
  });
});

test("a fingerprint is short, whatever the reason", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 3000, unit: "binary" }), (reason) => {
      expect(fingerprint(reason).length).toBeLessThanOrEqual(300);
    }),
  );
});
