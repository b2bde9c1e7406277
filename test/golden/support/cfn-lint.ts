import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What cfn-lint says of a template; nothing, and loudly so, where it is not installed. */
export function lint(template: string): string {
  if (!isInstalled()) return "";
  const folder = mkdtempSync(join(tmpdir(), "slipway-lint-"));
  const file = join(folder, "template.json");
  writeFileSync(file, template);
  try {
    return execFileSync("cfn-lint", ["--regions", "us-east-1", "--template", file], { encoding: "utf8" });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function isInstalled(): boolean {
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
