import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

const ROOT = join(import.meta.dirname, "..", "..");
const CRUISER = join(ROOT, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
const CONFIG = join(ROOT, ".dependency-cruiser.cjs");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "boundaries-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Cruises a tree of nothing but these files by the project's own rules. @returns the names of the rules that were broken */
async function brokenRules(files: Readonly<Record<string, string>>): Promise<string[]> {
  const all = { "tsconfig.json": '{"compilerOptions": {"allowImportingTsExtensions": true}}', ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const run = promisify(execFile)(
    process.execPath,
    [CRUISER, "--config", CONFIG, "--output-type", "json", "."],
    {
      cwd: folder,
      maxBuffer: 16 * 1024 * 1024,
    },
  );
  const { stdout } = await run.catch((error: unknown) => error as { stdout: string });
  const report = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
  return [...new Set(report.summary.violations.map(({ rule }) => rule.name))].sort();
}

describe("the boundaries", () => {
  test("pass where every arrow points the right way", async () => {
    const broken = await brokenRules({
      "events/upload.ts": "export const upload = 1;",
      "core/decide.ts": 'import { upload } from "../events/upload.ts";\nexport const decide = upload;',
      "flow/record.ts": 'import { decide } from "../core/decide.ts";\nexport const record = decide;',
      "functions/intake/handler.ts":
        'import { record } from "../../flow/record.ts";\nexport const handler = record;',
    });

    expect(broken).toEqual([]);
  });

  test.each([
    [
      "events-know-nobody",
      "events/a.ts",
      'import { x } from "../core/b.ts";\nexport const a = x;',
      "core/b.ts",
    ],
    [
      "core-is-pure",
      "core/a.ts",
      'import { x } from "../adapters/b.ts";\nexport const a = x;',
      "adapters/b.ts",
    ],
    [
      "core-is-pure",
      "core/a.ts",
      'import type { x } from "../flow/b.ts";\nexport type a = typeof x;',
      "flow/b.ts",
    ],
    [
      "core-does-no-io",
      "core/a.ts",
      'import { readFileSync } from "node:fs";\nexport const a = readFileSync;',
      "core/b.ts",
    ],
    ["core-does-no-io", "flow/a.ts", 'import { get } from "node:http";\nexport const a = get;', "flow/b.ts"],
    [
      "flow-works-over-ports",
      "flow/a.ts",
      'import { x } from "../adapters/b.ts";\nexport const a = x;',
      "adapters/b.ts",
    ],
    [
      "adapters-hold-no-rules",
      "adapters/a.ts",
      'import { x } from "../flow/b.ts";\nexport const a = x;',
      "flow/b.ts",
    ],
    [
      "runtime-is-below-functions-and-tasks",
      "runtime/a.ts",
      'import { x } from "../tasks/b/main.ts";\nexport const a = x;',
      "tasks/b/main.ts",
    ],
    [
      "functions-and-tasks-stand-alone",
      "functions/one/a.ts",
      'import { x } from "../two/b.ts";\nexport const a = x;',
      "functions/two/b.ts",
    ],
    [
      "local-knows-aws-and-not-us",
      "local/a.ts",
      'import { x } from "../core/b.ts";\nexport const a = x;',
      "core/b.ts",
    ],
    [
      "nobody-imports-tests",
      "cli/a.ts",
      'import { x } from "../test/b.ts";\nexport const a = x;',
      "test/b.ts",
    ],
    ["resolvable", "cli/a.ts", 'import { x } from "./nowhere.ts";\nexport const a = x;', "cli/b.ts"],
  ])("fail by the rule %s on a planted violation in %s", async (rule, name, text, other) => {
    expect(await brokenRules({ [name]: text, [other]: "export const x = 1;" })).toEqual([rule]);
  });

  test("fail on a circle", async () => {
    const broken = await brokenRules({
      "cli/a.ts": 'import { b } from "./b.ts";\nexport const a = () => b;',
      "cli/b.ts": 'import { a } from "./a.ts";\nexport const b = () => a;',
    });

    expect(broken).toEqual(["no-cycles"]);
  });
});
