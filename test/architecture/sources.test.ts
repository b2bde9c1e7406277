import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";

const TESTS = join(import.meta.dirname, "..", "local");

/** Rules that are not AWS's: the cloud's own life and faults, other clients, Docker's language, processes, SMTP. */
const OUR_OWN = [
  "agreement/",
  "cloud/",
  "command-line/",
  "deploy/",
  "faults/",
  "events/faults.test.ts",
  "tasks/dockerfile.test.ts",
  "tasks/process-identity.test.ts",
  "topics/smtp.test.ts",
];

const files = globSync("**/*.test.ts", { cwd: TESTS })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => !OUR_OWN.some((own) => file.startsWith(own)));

describe("a test of the local cloud", () => {
  test.each(files)("says on which page AWS has the rule: %s", (file) => {
    expect(readFileSync(join(TESTS, file), "utf8")).toMatch(/https:\/\/docs\.aws\.amazon\.com\/\S+/);
  });
});
