import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { packageService } from "../architecture/support/package-service.ts";
import { lint } from "./support/cfn-lint.ts";
import { EverythingFolder } from "./support/everything-folder.ts";

/** What differs between two packagings of the same sources, or with any change of a task's code. */
function normalised(template: string): string {
  const readable = JSON.stringify(JSON.parse(template), null, 1);
  return `${readable
    .replace(/"serverless\/slipway\/([a-z]+)\/[^"]+\/([a-z]+\.zip)"/g, '"<upload>/$2"')
    .replace(/(\/slipway-[a-z]+\/[a-z-]+):[0-9a-f]{16}"/g, '$1:<sources>"')}\n`;
}

const PACKAGINGS: [what: string, golden: string, make: () => Promise<string>][] = [
  ["of stage dev", "default.json", async () => (await packageService(["--stage", "dev"])).text],
  [
    "of a pipeline file that uses every option",
    "everything.json",
    async () => {
      await using folder = await EverythingFolder.make();
      return (await packageService(["--stage", "everything", "--param", "adminEmail=a@example.com"], folder))
        .text;
    },
  ],
];

describe.each(PACKAGINGS)("the template %s", (_what, name, make) => {
  let text = "";
  beforeAll(async () => {
    text = await make();
  }, 240_000);

  it("is the one that was reviewed (UPDATE_GOLDEN=1 takes the new one)", () => {
    const golden = join(import.meta.dirname, name);
    const template = normalised(text);
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(golden, template);

    expect(template).toBe(readFileSync(golden, "utf8"));
  });

  it("gives cfn-lint nothing to say, where it is installed", () => {
    expect(lint(text)).toBe("");
  });
});
