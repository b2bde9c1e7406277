import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import type { PricedTemplate } from "#core/costs/cost-line.ts";
import { idleMonth } from "#core/costs/idle-month.ts";
import { smallUploads, uploadCosts } from "#core/costs/upload-costs.ts";
import { pipelines } from "#pipelines";
import { costTables } from "./support/cost-document.ts";

/** As template.test.ts compares it with what is packaged. */
const golden = (name: string): PricedTemplate =>
  JSON.parse(readFileSync(join(import.meta.dirname, name), "utf8")) as PricedTemplate;

describe("a month in which nothing happens", () => {
  it("costs less than ten dollars with the default stack, as docs/cost.md says line by line", () => {
    const { lines, usd } = idleMonth(golden("default.json"));
    const { written, computed } = costTables("idle month", lines);

    expect(written).toBe(computed);
    expect(usd).toBeLessThan(10);
  });

  it("has a price for every resource, but for instances that always run", () => {
    expect(idleMonth(golden("default.json")).unknownTypes).toEqual([]);
    expect(idleMonth(golden("everything.json")).unknownTypes).toEqual(["AWS::AutoScaling::AutoScalingGroup"]);
  });
});

describe("a million small uploads", () => {
  it("cost what docs/cost.md says line by line", () => {
    const images = pipelines["images"];
    if (images === undefined) throw new Error("There is no pipeline images.");

    const { written, computed } = costTables("uploads", uploadCosts(smallUploads(1_000_000, images)));

    expect(written).toBe(computed);
  });
});
