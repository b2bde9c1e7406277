import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { type SeenText, explainText } from "#core/classification/explain-text.ts";
import type { FailureClass, RetryAdvice } from "#core/classification/failure.ts";

/**
 * A text that users or tools met, that a page of AWS gives, or that varies one of these, each with its source. The labels were given
 * before the rules saw the texts, and the rules were mended and not the labels.
 */
interface LabelledText extends SeenText {
  readonly class: FailureClass | "succeeded";
  readonly retry: RetryAdvice;
  /** Other answers that a reasonable operator would give too. */
  readonly alt?: readonly string[];
  readonly retryAlt?: readonly string[];
  readonly source: string;
}

const seenTexts = readFileSync(path.resolve(import.meta.dirname, "seen-texts.jsonl"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as LabelledText);

/** Which of them get another answer once they are put like this. */
function misread(put: (seen: LabelledText) => LabelledText = (seen) => seen) {
  return seenTexts
    .map(put)
    .map((seen) => ({ seen, verdict: explainText(seen) }))
    .filter(
      ({ seen, verdict }) =>
        ![seen.class, ...(seen.alt ?? [])].includes(verdict.class) ||
        ![seen.retry, ...(seen.retryAlt ?? [])].includes(verdict.retry),
    )
    .map(({ seen, verdict }) => ({ text: seen.text, want: seen.class, got: verdict.class }));
}

const again = (words: (text: string) => string) => (seen: LabelledText) => ({
  ...seen,
  text: words(seen.text),
});

/** Only what ECS said of a task that it stopped itself: people word their reasons as they like. */
const ofTask = (words: (text: string) => string) => (seen: LabelledText) =>
  seen.where.startsWith("runTask") || seen.text === "" || seen.stopCode === "UserInitiated"
    ? seen
    : { ...seen, text: words(seen.text) };

const isServerSide = ({ errorName, text }: SeenText) => /server|internal|unavail/i.test(errorName ?? text);

/** Only an exception, with its name inside the text. */
const ofException = (words: (seen: LabelledText) => string) => (seen: LabelledText) =>
  seen.where === "runTask.exception" && seen.errorName !== undefined
    ? { ...seen, errorName: undefined, text: words(seen) }
    : seen;

describe("texts that users met", () => {
  it("get the class and the retry that their labels say", () => {
    expect(seenTexts.length).toBeGreaterThan(1600);
    expect(misread()).toEqual([]);
  });

  it.each<[string, (seen: LabelledText) => LabelledText]>([
    ["in capitals", again((text) => text.toUpperCase())],
    ["in small letters", again((text) => text.toLowerCase())],
    ["broken over lines", again((text) => text.replaceAll(" ", "\n   "))],
    ["in quotation marks", again((text) => `"${text}"`)],
    ["with curly apostrophes", again((text) => text.replaceAll("'", "\u2019"))],
    ["with the stop code in front", ofTask((text) => `TaskFailedToStart: ${text}`)],
    ["as AWS Batch joins them", ofTask((text) => `Essential container in task exited - ${text}`)],
    [
      "as the SDK for Java has them",
      ofException(
        (seen) =>
          `${seen.text} (Service: AmazonECS; Status Code: ${isServerSide(seen) ? 500 : 400}; Error Code: ${seen.errorName}; Request ID: 1; Proxy: null)`,
      ),
    ],
    [
      "as the SDK for Python has them",
      ofException(
        ({ errorName, text }) =>
          `An error occurred (${errorName}) when calling the RunTask operation: ${text}`,
      ),
    ],
    [
      "as the SDK for Go has them",
      ofException(
        (seen) =>
          `operation error ECS: RunTask, https response error StatusCode: ${isServerSide(seen) ? 500 : 400}, RequestID: 1, ${seen.errorName}: ${seen.text}`,
      ),
    ],
  ])("mean the same %s", (_how, put) => {
    expect(misread(put)).toEqual([]);
  });
});
