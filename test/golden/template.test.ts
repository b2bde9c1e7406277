import { execFileSync } from "node:child_process";

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { packageService } from "../architecture/support/package-service.ts";

const GOLDEN = join(import.meta.dirname, "template.dev.json");

/** What differs between two packagings of the same sources, or with any change of a task's code. */
function normalised(template: string): string {
  const readable = JSON.stringify(JSON.parse(template), null, 1);
  return `${readable
    .replace(/"serverless\/slipway\/dev\/[^"]+\/([a-z]+\.zip)"/g, '"<upload>/$1"')
    .replace(/(\/slipway-dev\/[a-z-]+):[0-9a-f]{16}"/g, '$1:<sources>"')}\n`;
}

function hasCfnLint(): boolean {
  try {
    execFileSync("cfn-lint", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    process.stderr.write(
      "\n*** cfn-lint is not installed: the template is NOT linted. pip install cfn-lint ***\n\n",
    );
    return false;
  }
}

describe("the template of stage dev", () => {
  let text = "";
  beforeAll(async () => {
    ({ text } = await packageService(["--stage", "dev"]));
  });

  it("is the one that was reviewed (UPDATE_GOLDEN=1 takes the new one)", () => {
    const template = normalised(text);
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(GOLDEN, template);

    const golden = readFileSync(GOLDEN, "utf8");

    expect(template).toBe(golden);
  });

  it("gives cfn-lint nothing to say, where it is installed", () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-lint-"));
    const file = join(folder, "template.json");
    writeFileSync(file, text);

    const complaints = hasCfnLint() ? lint(file) : "";

    rmSync(folder, { recursive: true });
    expect(complaints).toBe("");
  });
});

function lint(file: string): string {
  try {
    return execFileSync("cfn-lint", ["--regions", "us-east-1", "--template", file], { encoding: "utf8" });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
