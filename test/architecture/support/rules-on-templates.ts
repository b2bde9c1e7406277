import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import type { Template } from "./package-service.ts";
import { type Plant, withViolation } from "./planted-violation.ts";
import type { TemplateRule } from "./template-rules.ts";

/** A rule, and violations that it must see in the template with every option. */
export type RuleCase = [sentence: string, rule: TemplateRule, plants: Plant[]];

/** Holds both golden templates to the rules, and the rules to seeing what is planted. */
export function rulesHold(cases: readonly RuleCase[]): void {
  describe.each(["default.json", "everything.json"])("of the template %s", (name) => {
    it.each(cases)("%s", (_sentence, rule) => {
      expect(rule(goldenTemplate(name))).toEqual([]);
    });
  });

  describe("a planted violation is seen:", () => {
    const planted = cases.flatMap(([sentence, rule, plants]) =>
      plants.map((plant) => [`${plant.path}, though ${sentence}`, rule, plant] as const),
    );

    it.each(planted)("%s", (_what, rule, plant) => {
      expect(rule(withViolation(goldenTemplate("everything.json"), plant))).not.toEqual([]);
    });
  });
}

/** The golden templates are what is packaged; test/golden compares them. */
function goldenTemplate(name: string): Template {
  return JSON.parse(readFileSync(join(import.meta.dirname, "..", "..", "golden", name), "utf8")) as Template;
}
