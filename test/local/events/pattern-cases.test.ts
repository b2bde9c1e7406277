import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { compilePattern } from "#local/events/patterns/compile.ts";
import { eventFields, matches } from "#local/events/patterns/match.ts";
import { type JsonText, parseJsonText, stringifyJsonText } from "#local/events/patterns/json-text.ts";
import { PatternError } from "#local/events/patterns/pattern-error.ts";

/** AWS event-ruler's own answers; they are not part of the repository. */
const CASES = fileURLToPath(new URL("../../../../shared/event-pattern-cases.json", import.meta.url));
const present = existsSync(CASES);
if (!present)
  console.warn(`SKIPPED: ${CASES} is not there, so no pattern was compared with event-ruler's answer.`);

function member(json: JsonText, name: string): JsonText | undefined {
  return json.kind === "object" ? json.members.find(([key]) => key === name)?.[1] : undefined;
}

/** The numbers of the file keep their spelling, as it counts. */
function cases() {
  const all = parseJsonText(readFileSync(CASES, "utf8"));
  if (all.kind !== "array") throw new Error(`${CASES} is not a list`);
  return all.items.map((item) => {
    const [name, pattern, event, matched] = ["name", "pattern", "event", "matches"].map((key) =>
      member(item, key),
    );
    return {
      name: name?.kind === "string" ? name.value : "",
      pattern: pattern === undefined ? "" : stringifyJsonText(pattern),
      event: event === undefined ? undefined : stringifyJsonText(event),
      expected: matched === undefined ? "invalid" : stringifyJsonText(matched),
    };
  });
}

function answer(pattern: string, event: string | undefined): string {
  try {
    const compiled = compilePattern(pattern);
    return event === undefined ? "valid" : String(matches(compiled, eventFields(event)));
  } catch (error) {
    if (error instanceof PatternError) return "invalid";
    throw error;
  }
}

// oxlint-disable-next-line jest/no-disabled-tests -- the cases are the environment's, and their absence is said aloud above
/**
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
(present ? describe : describe.skip)("Event patterns", () => {
  test("give event-ruler's answer to each of its cases", () => {
    const all = cases();
    const wrong = all.filter(({ pattern, event, expected }) => answer(pattern, event) !== expected);
    expect(wrong).toEqual([]);
    expect(all.length).toBeGreaterThan(700);
  });
});
