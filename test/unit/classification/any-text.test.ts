import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { classifyLaunchFailure, classifyStop } from "#core/classification/classify-stop.ts";
import type { Verdict } from "#core/classification/failure.ts";
import { explainText } from "#core/classification/explain-text.ts";
import { FAILURE_CLASSES } from "#events/failure-classes.ts";
import { furtherTextsOfStops } from "./further-texts-of-stops.ts";
import { furtherTexts } from "./further-texts.ts";

const families = [...furtherTexts, ...furtherTextsOfStops];
const texts = families
  .flatMap((family) => family.texts)
  .map((text) => (typeof text === "string" ? text : text.text));

/** Real texts, parts of them glued together, and anything else. */
const anyText = fc.oneof(
  fc.constantFrom(...texts),
  fc
    .array(fc.constantFrom(...texts.flatMap((text) => text.split(/(?<=[:.;,])/))), { maxLength: 8 })
    .map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 2000 }),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const anyStop = fc.record({
  stopCode: maybe(
    fc.oneof(
      fc.constantFrom(
        "SpotInterruption",
        "UserInitiated",
        "EssentialContainerExited",
        "TaskFailedToStart",
        "TerminationNotice",
      ),
      fc.string(),
    ),
  ),
  stoppedReason: maybe(anyText),
  containers: fc.array(
    fc.record({
      name: fc.constantFrom("main", "agent", "log_router"),
      exitCode: maybe(fc.constantFrom(0, 1, 75, 137, 143, -1)),
      reason: maybe(anyText),
    }),
    { maxLength: 3 },
  ),
  mainContainer: fc.constant("main"),
});

function isWhole({ class: failureClass, retry, reason, advice }: Verdict): boolean {
  return (
    (failureClass === "succeeded" || FAILURE_CLASSES.includes(failureClass)) &&
    ["yes", "later", "bigger", "no"].includes(retry) &&
    reason.endsWith(".") &&
    !/[\n\r]/.test(reason) &&
    reason.length <= 500 &&
    advice.endsWith(".")
  );
}

describe("any stop", () => {
  it("has a whole verdict", () => {
    fc.assert(fc.property(anyStop, (stop) => expect(isWhole(classifyStop(stop))).toBe(true)));
  });

  it("is a success only where the main container's exit code is zero", () => {
    fc.assert(
      fc.property(anyStop, (stop) => {
        const main = stop.containers.find(({ name }) => name === "main");
        expect(classifyStop(stop).class !== "succeeded" || main?.exitCode === 0).toBe(true);
      }),
    );
  });

  it("is not changed by what the side-cars of a finished main container did", () => {
    fc.assert(
      fc.property(anyStop, fc.constantFrom(0, 1, 137), (stop, exitCode) => {
        const main = { name: "main", exitCode };
        const sideCars = stop.containers.filter(({ name }) => name !== "main");
        const alone = classifyStop({ ...stop, containers: [main] });
        expect(classifyStop({ ...stop, containers: [...sideCars, main] })).toEqual(alone);
      }),
    );
  });

  it("of Spot is one of Spot whatever the text, where memory is not named", () => {
    fc.assert(
      fc.property(anyStop, maybe(fc.string()), (stop, stoppedReason) => {
        const containers = stop.containers.map(({ name, exitCode }) => ({ name, exitCode }));
        const verdict = classifyStop({ ...stop, stoppedReason, containers, stopCode: "SpotInterruption" });
        expect(verdict.class).toBe("spot-interruption");
      }),
    );
  });
});

describe("any text", () => {
  it("of a refused launch has a whole verdict, and never that it worked", () => {
    fc.assert(
      fc.property(anyText, maybe(anyText), (text, errorName) => {
        const verdict = classifyLaunchFailure(errorName === undefined ? { text } : { text, errorName });
        expect(isWhole(verdict)).toBe(true);
        expect(verdict.class).not.toBe("succeeded");
      }),
    );
  });

  it("means the same in capitals and without", () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), (text) => {
        const meaning = (words: string) => {
          const { class: failureClass, retry } = explainText({ where: "container.reason", text: words });
          return { failureClass, retry };
        };
        expect(meaning(text.toUpperCase())).toEqual(meaning(text));
        expect(meaning(text.toLowerCase())).toEqual(meaning(text));
      }),
      { numRuns: 300 },
    );
  });

  it("is read to the end of what matters, and no further, however long it is", () => {
    const long = ["exceed ", "pull ", "no ", "(service ", "timed out waiting for "].map((part) =>
      part.repeat(100_000),
    );

    expect(long.map((text) => explainText({ where: "stoppedReason", text }).class)).toEqual(
      long.map(() => "unknown"),
    );
  });
});
