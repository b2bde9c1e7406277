import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { compareSequencers } from "#core/ordering/sequencer.ts";

const hex = fc.string({
  unit: fc.constantFrom(..."0123456789ABCDEF".split("")),
  minLength: 1,
  maxLength: 24,
});

describe("sequencers of one key", () => {
  test.each([
    ["the same", "0055AED6DCD90281E5", "0055AED6DCD90281E5", 0],
    ["of equal length", "0055AED6DCD90281E5", "0055AED6DCD90281E6", -1],
    ["shorter, and so filled up on its right", "0055AED6DCD9", "0055AED6DCD90281E5", -1],
    ["shorter, and greater in what it has", "0055AED6DCDA", "0055AED6DCD90281E5", 1],
    ["different by zeros on the right only", "0055AED6DCD9", "0055AED6DCD9000000", 0],
    ["not numbers filled up on the left", "A", "0B", 1],
    ["in lower case", "617f08299329d189", "617F08299329D18A", -1],
  ])("that are %s", (_, one, other, order) => {
    expect(Math.sign(compareSequencers(one, other))).toBe(order);
    expect(Math.sign(compareSequencers(other, one))).toBe(order === 0 ? 0 : -order);
  });

  test("are ordered like the fractions that they are the digits of", () => {
    const fraction = (digits: string) => BigInt(`0x${digits.padEnd(24, "0")}`);
    fc.assert(
      fc.property(hex, hex, (one, other) => {
        const difference = fraction(one) - fraction(other);
        expect(Math.sign(compareSequencers(one, other))).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0);
      }),
    );
  });
});
