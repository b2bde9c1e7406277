import { describe, expect, it } from "@jest/globals";
import { type SeenText, explainText } from "#core/classification/explain-text.ts";
import { furtherTextsOfStops } from "./further-texts-of-stops.ts";
import { furtherTexts } from "./further-texts.ts";

const families = [...furtherTexts, ...furtherTextsOfStops];

describe("texts after the wording of AWS's pages", () => {
  it.each(families)(
    "$class, $retry: $source",
    ({ texts, class: failureClass, retry, alt = [], retryAlt = [] }) => {
      const seen = texts.map((text): SeenText =>
        typeof text === "string" ? { where: "stoppedReason", text } : text,
      );

      const misread = seen
        .map((text) => ({ text, verdict: explainText(text) }))
        .filter(
          ({ verdict }) =>
            ![failureClass, ...alt].some((right) => right === verdict.class) ||
            ![retry, ...retryAlt].includes(verdict.retry),
        );

      expect(misread).toEqual([]);
    },
  );

  it("are many and name each class", () => {
    expect(families.flatMap(({ texts }) => texts).length).toBeGreaterThan(200);
    expect(new Set(families.map((family) => family.class)).size).toBe(14);
  });
});
