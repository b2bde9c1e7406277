import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import sharp from "sharp";
import { BadInput } from "#flow/work-errors.ts";
import { AttemptResults } from "#runtime/task-context.ts";
import { makeRendition } from "../../../tasks/renditions/task.ts";
import { FORMATS } from "../../../tasks/renditions/request.ts";

const SAMPLES = path.resolve(import.meta.dirname, "../../../samples/files");

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "slipway-renditions-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Makes a rendition of a file, whatever its key is said to be. */
async function make(file: string | Uint8Array, request: Record<string, unknown>) {
  const original = path.join(folder, "input");
  await writeFile(original, typeof file === "string" ? await readFile(path.join(SAMPLES, file)) : file);
  const fetched: string[] = [];
  const written: { key: string; body: Buffer; contentType: string }[] = [];
  const results = new AttemptResults(
    {
      put: async ({ key, body, contentType }) =>
        void written.push({ key, body: Buffer.from(body), contentType }),
    },
    "jobs/1/1/",
    0,
  );
  const uploads = {
    fetch: async (key: string) => {
      fetched.push(key);
      return { path: original, sizeBytes: 1, hop: 0, [Symbol.asyncDispose]: async () => undefined };
    },
  };
  const { signal } = new AbortController();
  const rendition = await makeRendition({ key: "images/a.jpg", ...request }, { uploads, results, signal });
  return { rendition, written, fetched };
}

async function reasonOf(file: string | Uint8Array, request: Record<string, unknown>): Promise<string> {
  try {
    await make(file, { width: 100, format: "webp", ...request });
  } catch (error) {
    if (error instanceof BadInput) return error.message;
    throw error;
  }
  return "none";
}

describe("a rendition", () => {
  it.each(FORMATS)("is as wide as was asked, in the format that was asked: %s", async (format) => {
    const { rendition, written } = await make("harbour-at-dusk.jpg", { width: 320, format });

    const [file] = written;
    expect(rendition).toEqual({
      kind: "rendition",
      key: `jobs/1/1/rendition-320.${format}`,
      format,
      width: 320,
      height: 213,
      sizeBytes: file?.body.length,
    });
    expect(file).toMatchObject({ key: rendition.key, contentType: `image/${format}` });
    const seen = await sharp(file?.body).metadata();
    expect([seen.format === "heif" ? "avif" : seen.format, seen.width, seen.height]).toEqual([
      format,
      320,
      213,
    ]);
  });

  it("is never wider than the picture", async () => {
    const { rendition } = await make("harbour-at-dusk.jpg", { width: 9000, format: "webp" });

    expect([rendition.width, rendition.height]).toEqual([1440, 960]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "stands upright, whatever way the camera was held: %s",
    async (orientation) => {
      const { rendition, written } = await make(`orientation-${orientation}.jpg`, {
        width: 60,
        format: "png",
      });

      expect([rendition.width, rendition.height]).toEqual([60, 40]);
      expect((await sharp(written[0]?.body).metadata()).orientation ?? 1).toBe(1);
    },
  );

  it.each(FORMATS)("carries nothing of what the file says of camera and place: %s", async (format) => {
    const { written } = await make("harbour-at-dusk.jpg", { width: 300, format });

    const seen = await sharp(written[0]?.body).metadata();
    expect({ exif: seen.exif, xmp: seen.xmp, iptc: seen.iptc }).toEqual({});
  });

  it("shows white in JPEG where one could see through", async () => {
    const clear = { create: { width: 8, height: 8, channels: 4 as const, background: "#00000000" } };

    const { written } = await make(await sharp(clear).png().toBuffer(), { width: 8, format: "jpeg" });

    const { dominant } = await sharp(written[0]?.body).stats();
    expect(Math.min(dominant.r, dominant.g, dominant.b)).toBeGreaterThan(240);
  });
});

describe("a request", () => {
  it("may name any key that S3 can have", async () => {
    const key = "images/../../etc/passwd 🎉 %41.jpg";

    const { fetched } = await make("bay.jpg", { key, width: 10, format: "png" });

    expect(fetched).toEqual([key]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["no pixels", { width: 0 }, "width must be at least 1"],
    ["half a pixel", { width: 1.5 }, "width must be a whole number of pixels"],
    ["more pixels than any format has", { width: 20_000 }, "width must be at most 16383"],
    ["a width in words", { width: "wide" }, "width must be a whole number of pixels from 1 to 16383"],
    ["a format that is not made", { format: "svg" }, "format must be one of webp, avif, jpeg, png"],
    ["an empty key", { key: "" }, "key must not be empty"],
    ["a key beyond S3's", { key: "é".repeat(600) }, "key must be a key that S3 can have"],
    ["a key of half a character", { key: "images/\ud83d.jpg" }, "key must be a key that S3 can have"],
    ["something else", { script: "rm" }, 'it has "script" beside key, width and format'],
  ])("of %s is refused with the reason", async (_, change, reason) => {
    expect(await reasonOf("bay.jpg", change)).toContain(`The request is wrong: ${reason}`);
  });

  it.each([["text"], [null], [[1]], [7]])("that is no object is refused: %p", async (input) => {
    const made = makeRendition(input, {} as never);

    await expect(made).rejects.toThrow(
      "The request is wrong: it must be an object with key, width and format.",
    );
  });

  it.each([
    ["notes.txt", "The file is a text file, not an image."],
    ["drawing.svg", "The file is an SVG drawing"],
    ["pdf-named.jpg", "The file is a PDF document, not an image."],
    ["empty.jpg", "The picture is an empty file (0 bytes)."],
    ["too-many-pixels.png", "The image has too many pixels"],
    ["truncated.jpg", "The file ends early"],
  ])("for what is no whole picture fails with what it is: %s", async (file, reason) => {
    expect(await reasonOf(file, {})).toContain(reason);
  });
});
