import { PatternError } from "./pattern-error.ts";

/**
 * Tests on a leaf's JSON text: strings stand in quotes, numbers and true/false/null do not. So "1" never begins 1, and one rule
 * serves all types. https://github.com/aws/event-ruler, "JSON text matching"
 */
export type TextTest = (text: string) => boolean;

export const quoted = (value: string): string => `"${value}"`;

export const startsWith =
  (prefix: string): TextTest =>
  (text) =>
    text.startsWith(`"${prefix}`);

export const endsWith =
  (suffix: string): TextTest =>
  (text) =>
    text.endsWith(`${suffix}"`);

/** How much of the value the caseless text must cover. */
export type Extent = "whole" | "prefix" | "suffix";

/** Case is folded per UTF-16 unit, each to its lower and its upper form: É is é, and ß is SS. */
export function ignoringCase(value: string, extent: Extent): TextTest {
  const whole = `${extent === "suffix" ? "" : '"'}${value}${extent === "prefix" ? "" : '"'}`;
  const units = whole
    .split("")
    .map((unit) => `(?:${escape(unit.toLowerCase())}|${escape(unit.toUpperCase())})`);
  const expression = new RegExp(
    `${extent === "suffix" ? "" : "^"}${units.join("")}${extent === "prefix" ? "" : "$"}`,
  );
  return (text) => expression.test(text);
}

/**
 * `*` stands for any text, also none; `\*` and `\\` for themselves. Takes time in proportion to the value's length.
 * @throws PatternError for two stars in a row and for any other escape
 */
export function wildcard(pattern: string): TextTest {
  const parts = [""];
  for (let at = 0; at < pattern.length; at++) {
    let unit = pattern.charAt(at);
    if (unit === "*") {
      if (pattern.charAt(at + 1) === "*")
        throw new PatternError(`Consecutive wildcard characters at pos ${at}`);
      parts.push("");
      continue;
    }
    if (unit === "\\") {
      unit = pattern.charAt(++at);
      if (unit !== "*" && unit !== "\\") throw new PatternError(`Invalid escape character at pos ${at - 1}`);
    }
    parts[parts.length - 1] += unit;
  }
  return (text) => followsParts(text, parts);
}

function followsParts(text: string, parts: readonly string[]): boolean {
  const first = `"${parts[0] ?? ""}`;
  const last = `${parts.at(-1) ?? ""}"`;
  if (parts.length === 1) return text === `${first}"`;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return from <= text.length - last.length;
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
