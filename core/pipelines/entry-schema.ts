import { z } from "zod";

/** An object whose misspelt members are refused: one would otherwise be a default in disguise. */
export function options<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `has no option ${quoted(issue.keys)}; the options are ${Object.keys(shape).join(", ")}`
        : undefined,
  });
}

function quoted(keys: readonly string[]): string {
  return keys.map((key) => `"${key}"`).join(", ");
}

export const whole = (least: number, most: number) =>
  z
    .number({ error: `must be a whole number from ${least} to ${most}` })
    .int({ error: `must be a whole number from ${least} to ${most}` })
    .min(least, { error: `must be at least ${least}` })
    .max(most, { error: `must be at most ${most}` });

/** One of a few words, told when it is another. */
export const oneOf = <const Word extends string>(words: readonly Word[]) =>
  z.enum(words, { error: `must be one of ${words.map((word) => `"${word}"`).join(", ")}` });

/** A time zone by its IANA name. */
export const TimeZone = z
  .string()
  .refine(isTimeZone, { error: 'must be a time zone by its IANA name, e.g. "Europe/Berlin"' });

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
