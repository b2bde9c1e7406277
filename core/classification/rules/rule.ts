import type { FailureClass, RetryAdvice, Verdict } from "../failure.ts";
import { withoutNames } from "./names.ts";

/** What is known of a stop or of a refused launch. */
export interface Evidence {
  readonly stopCode?: string | undefined;
  /** Of the main container; absent where it never ran or nobody was told. */
  readonly exitCode?: number | undefined;
  /** Reasons and messages in AWS's words, on one line each. */
  readonly texts: readonly string[];
}

/** One line of the table. It applies where all of its conditions hold; a condition that is left out always holds. */
export interface Rule {
  readonly stopCode?: readonly string[];
  readonly exitCode?: readonly number[] | "any";
  /** Some text has to match. Patterns ignore capitals. */
  readonly text?: RegExp;
  readonly class: FailureClass | "succeeded";
  readonly retry: RetryAdvice;
  /** A plain sentence without its full stop; `{exitCode}` stands for the code. */
  readonly happened: string;
  readonly advice: string;
}

/** A space, or the whole of a character class, whose own space stays what it is. */
const SPACE = /\[[^\]]*\]| /g;
const joined = (found: string) => (found === " " ? "[ _-]?" : found);

/**
 * A text that says one of these, in any capitals. A space in a pattern also stands for a hyphen, an underscore or nothing,
 * for the same words come as prose and as names: `Out of memory`, `OutOfMemory`, `OUT_OF_MEMORY`.
 */
export function anyOf(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source.replaceAll(SPACE, joined)).join("|"), "i");
}

const MAX_QUOTED_CHARACTERS = 300;
const SAYS_NOTHING = /^essential container in task exited\W*$/i;

/** The verdict of the first rule that applies. */
export function judge(rules: readonly Rule[], evidence: Evidence): Verdict | undefined {
  const heard = evidence.texts.map(withoutNames);
  for (const rule of rules) {
    if (!codesHold(rule, evidence)) continue;
    const { text } = rule;
    const which = text === undefined ? 0 : heard.findIndex((candidate) => text.test(candidate));
    if (which < 0) continue;
    const happened = rule.happened.replace("{exitCode}", String(evidence.exitCode));
    return {
      class: rule.class,
      retry: rule.retry,
      reason: sentence(happened, evidence.texts[which]),
      advice: rule.advice,
    };
  }
  return undefined;
}

/** One sentence that ends with AWS's own words, cut where they are long. */
export function sentence(happened: string, quoted: string | undefined): string {
  const words = quoted ?? "";
  if (words === "" || SAYS_NOTHING.test(words)) return `${happened}.`;
  const cut =
    words.length > MAX_QUOTED_CHARACTERS ? `${words.slice(0, MAX_QUOTED_CHARACTERS - 1)}\u2026` : words;
  return `${happened} ("${cut}").`;
}

function codesHold({ stopCode, exitCode }: Rule, evidence: Evidence): boolean {
  if (stopCode !== undefined && !stopCode.includes(evidence.stopCode ?? "")) return false;
  if (exitCode === undefined) return true;
  if (evidence.exitCode === undefined) return false;
  return exitCode === "any" || exitCode.includes(evidence.exitCode);
}
