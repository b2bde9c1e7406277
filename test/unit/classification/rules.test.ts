import { describe, expect, it } from "@jest/globals";
import { explainText } from "#core/classification/explain-text.ts";
import { anyOf } from "#core/classification/rules/rule.ts";
import { rules } from "#core/classification/rules/rules.ts";
import { furtherTextsOfStops } from "./further-texts-of-stops.ts";
import { furtherTexts } from "./further-texts.ts";

/** Where a class has more than one, the second is for the cases beside it. */
const RETRIES = {
  succeeded: ["no"],
  application: ["no", "yes"], // exit code 75 asks for another try
  "out-of-memory": ["bigger"],
  "spot-interruption": ["yes"],
  timeout: ["no", "yes"], // a pipeline's own limit of time counts as an attempt
  cancelled: ["no"],
  capacity: ["later"],
  throttled: ["yes", "later"], // a registry's limits last for hours
  network: ["yes", "later"], // a subnet without addresses fills no sooner for being asked again
  image: ["no"],
  configuration: ["no"],
  platform: ["yes"],
  scaling: ["no"],
  unknown: ["yes"],
} as const;

const families = [...furtherTexts, ...furtherTextsOfStops];

describe("the table of rules", () => {
  it("advises one retry for a class, but for the cases that are named", () => {
    const odd = rules.filter(({ class: failureClass, retry }) => {
      const retries: readonly string[] = RETRIES[failureClass];
      return !retries.includes(retry);
    });

    expect(odd).toEqual([]);
  });

  it("speaks in plain sentences, each with something to do", () => {
    for (const { happened, advice } of rules) {
      expect(happened).toMatch(/^[A-Z].*[^.]$/);
      expect(advice).toMatch(/^[A-Z].*[^.]\.$/);
    }
  });

  it("has no rule that nothing above it leaves a text for", () => {
    const used = new Set(
      families
        .flatMap((family) => family.texts)
        .map(
          (text) => explainText(typeof text === "string" ? { where: "stoppedReason", text } : text).advice,
        ),
    );

    expect(rules.map(({ advice }) => advice).filter((advice) => !used.has(advice))).toEqual([]);
  });

  it.each(["Out of memory", "OutOfMemoryError", "out-of-memory", "OUT_OF_MEMORY"])(
    "reads %s by one pattern",
    (text) => {
      expect(anyOf(/out of memory/).test(text)).toBe(true);
    },
  );

  it("leaves a space in a character class alone", () => {
    expect(anyOf(/^lookup [^ ]+:$/).test("lookup logs_eu-west-1:")).toBe(true);
    expect(anyOf(/^lookup [^ ]+:$/).test("lookup logs eu:")).toBe(false);
  });
});
