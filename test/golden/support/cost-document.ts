import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CostLine } from "#core/costs/cost-line.ts";

const DOCUMENT = join(import.meta.dirname, "../../../docs/cost.md");

/** The table that docs/cost.md has under a mark, and the one that belongs there. */
export function costTables(mark: string, lines: readonly CostLine[]): { written: string; computed: string } {
  const document = readFileSync(DOCUMENT, "utf8");
  const between = new RegExp(`(<!-- ${mark}: [^>]*-->\n)([^]*?)(<!-- end of ${mark} -->)`);
  const computed = tableOf(lines);
  if (process.env.UPDATE_GOLDEN === "1")
    writeFileSync(
      DOCUMENT,
      document.replace(between, (_, begin, _old, end) => `${begin}\n${computed}\n${end}`),
    );
  const written = between.exec(readFileSync(DOCUMENT, "utf8"))?.[2] ?? "";
  return { written: withoutPadding(written), computed: withoutPadding(computed) };
}

function tableOf(lines: readonly CostLine[]): string {
  const total = lines.reduce((sum, { usd }) => sum + usd, 0);
  const rows = [...lines, { item: "**together**", usd: total }].map(
    ({ item, usd }) => `| ${item} | ${usd.toFixed(2)} |`,
  );
  return ["| | USD |", "| --- | ---: |", ...rows, ""].join("\n");
}

/** Prettier aligns columns. */
function withoutPadding(table: string): string {
  return table.trim().replace(/-{3,}/g, "---").replace(/ +/g, " ");
}
