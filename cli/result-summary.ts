import { z } from "zod";
import { counted } from "#core/notices/mail-text.ts";

/** What the tasks of the clone give back, as far as a line has room for it; the media task's is an image. */
const Image = z.object({
  kind: z.literal("image"),
  format: z.string(),
  width: z.number(),
  height: z.number(),
  frames: z.number(),
  gps: z.unknown().optional(),
  derived: z.array(z.unknown()),
});
const Rendition = z.object({
  kind: z.literal("rendition"),
  key: z.string(),
  width: z.number(),
  height: z.number(),
  sizeBytes: z.number(),
});
const Inventory = z.object({ kind: z.literal("inventory"), listed: z.number(), sent: z.number() });
const KnownResult = z.discriminatedUnion("kind", [Image, Rendition, Inventory]);

/** A result above 8 KiB is a file. */
const KeptAside = z.strictObject({ resultKey: z.string() });

const MOST_MEMBERS = 6;
const LONGEST_TEXT = 40;

/** A job's result in a few words: of a task that we know what matters, of another one its first members. */
export function resultSummary(result: unknown): string {
  const known = KnownResult.safeParse(result);
  if (known.success) return knownSummary(known.data);
  const aside = KeptAside.safeParse(result);
  if (aside.success) return aside.data.resultKey;
  if (typeof result !== "object" || result === null || Array.isArray(result)) return valueText(result);
  const members = Object.entries(result).map(([name, value]) => `${name} ${valueText(value)}`);
  const shown = members.slice(0, MOST_MEMBERS);
  return [...shown, ...(members.length > shown.length ? ["\u2026"] : [])].join(", ");
}

function knownSummary(result: z.infer<typeof KnownResult>): string {
  switch (result.kind) {
    case "image": {
      const frames = result.frames > 1 ? `, ${result.frames} frames` : "";
      const gps = result.gps === undefined ? "" : ", GPS";
      return `${result.format} ${result.width}x${result.height}${frames}${gps}, ${counted(result.derived.length, "thumbnail")}`;
    }
    case "rendition": {
      const name = result.key.slice(result.key.lastIndexOf("/") + 1);
      return `${name} ${result.width}x${result.height}, ${counted(result.sizeBytes, "byte")}`;
    }
    case "inventory":
      return `${result.listed} objects looked at, ${result.sent} without a job`;
  }
}

function valueText(value: unknown): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `[${value.length}]`;
  if (typeof value === "object" && value !== null) return "{\u2026}";
  const text = String(value);
  if (text.length <= LONGEST_TEXT) return text;
  // Half an emoji is none.
  return `${text.slice(0, LONGEST_TEXT - 1).replace(/\p{Surrogate}$/u, "")}\u2026`;
}
