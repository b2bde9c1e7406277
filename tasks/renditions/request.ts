import { z } from "zod";
import { BadInput } from "#flow/work-errors.ts";

export const FORMATS = ["webp", "avif", "jpeg", "png"] as const;
export type RenditionFormat = (typeof FORMATS)[number];

/** WebP ends here, and no screen is wider. */
const MOST_PIXELS_WIDE = 16_383;
/** S3's longest key, in bytes of UTF-8. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const LONGEST_KEY_BYTES = 1024;

/** What an application asks for: the picture under this key of the uploads bucket, so wide, in this format. */
const RenditionRequest = z.strictObject(
  {
    key: z
      .string({ error: "must be the key of a picture in the uploads bucket" })
      .min(1, { error: "must not be empty" })
      .refine((key) => key.isWellFormed() && Buffer.byteLength(key) <= LONGEST_KEY_BYTES, {
        error: `must be a key that S3 can have, at most ${LONGEST_KEY_BYTES} bytes of UTF-8`,
      }),
    width: z
      .number({ error: `must be a whole number of pixels from 1 to ${MOST_PIXELS_WIDE}` })
      .int({ error: "must be a whole number of pixels" })
      .min(1, { error: "must be at least 1" })
      .max(MOST_PIXELS_WIDE, { error: `must be at most ${MOST_PIXELS_WIDE}` }),
    format: z.enum(FORMATS, { error: `must be one of ${FORMATS.join(", ")}` }),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `has ${issue.keys.map((key) => JSON.stringify(key.slice(0, 40))).join(", ")} beside key, width and format`
        : "must be an object with key, width and format",
  },
);
export type RenditionRequest = z.infer<typeof RenditionRequest>;

/** @throws BadInput that names each member that is wrong */
export function readRequest(input: unknown): RenditionRequest {
  const read = RenditionRequest.safeParse(input);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => `${path.join(".") || "it"} ${message}`);
  throw new BadInput(`The request is wrong: ${problems.join("; ")}.`);
}
