import { expect, it } from "@jest/globals";
import { refuseTooMany } from "#infrastructure/dispatch-environment.ts";
import { aPipeline } from "#test/unit/support/builders.ts";

const some = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => `pipeline-${index}`).map((name) => [name, aPipeline(name)]),
  );

it("takes some twenty pipelines", () => {
  expect(() => refuseTooMany(some(20), "dev")).not.toThrow();
});

it("refuses more than the environment of dispatch has room for, and says what to do", () => {
  expect(() => refuseTooMany(some(40), "dev")).toThrow(
    /^pipelines\.ts has 40 pipelines, .* has room for 2500\. Shorten names, merge pipelines, /,
  );
});
