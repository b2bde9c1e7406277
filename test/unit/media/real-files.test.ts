import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import exifr from "exifr";
import sharp from "sharp";
import { BadInput } from "#flow/work-errors.ts";
import { describeImage } from "../../../tasks/media/task.ts";
import { MemoryResults } from "./support/memory-results.ts";

/** Files of the world with facts measured by other tools; they lie beside the repository where it is built. */
const FOLDER = path.resolve(import.meta.dirname, "../../../../shared/media");
const MANIFEST = path.join(FOLDER, "MANIFEST.json");

interface Entry {
  file: string;
  kind: string;
  broken?: boolean;
  bomb?: boolean;
  expected: {
    mime: string;
    width: number;
    height: number;
    orientation?: number | null;
    displayWidth?: number;
    displayHeight?: number;
    latitude?: number;
    longitude?: number;
    cameraModel?: string;
    dateTimeOriginal?: string;
    frames?: number;
    apngFrames?: number;
    hasAlpha?: boolean;
  };
}

const entries: Entry[] = existsSync(MANIFEST) ? JSON.parse(readFileSync(MANIFEST, "utf8")) : [];
const images = entries.filter(({ kind }) => kind === "image");
const isRefused = ({ broken, bomb, expected }: Entry) =>
  broken === true || bomb === true || expected.mime === "image/heic" || expected.mime === "image/svg+xml";
const good = images.filter((entry) => !isRefused(entry));

async function work(file: string) {
  const results = new MemoryResults();
  const description = await describeImage(path.join(FOLDER, file), results, new AbortController().signal);
  return { description, results };
}

if (images.length === 0) {
  console.warn(`SKIPPED: the real media files are not at ${FOLDER}; nothing was compared with them.`);
  test("says aloud that the real media files are missing", () => {
    expect(existsSync(MANIFEST)).toBe(false);
  });
} else {
  describe("an image of the world", () => {
    test.each(good.map((entry) => [entry.file, entry] as const))(
      "%s has its measured facts",
      async (file, { expected }) => {
        const { description } = await work(file);

        expect(description).toMatchObject({
          width: expected.displayWidth ?? expected.width,
          height: expected.displayHeight ?? expected.height,
          orientation: expected.orientation ?? 1,
          frames: expected.apngFrames ?? expected.frames,
          hasAlpha: expected.hasAlpha,
          format: expected.mime.replace("image/", ""),
        });
        expect(description.gps === undefined).toBe(expected.latitude === undefined);
        expect(description.gps?.latitude ?? 0).toBeCloseTo(expected.latitude ?? 0, 4);
        expect(description.gps?.longitude ?? 0).toBeCloseTo(expected.longitude ?? 0, 4);
        expect(description.camera ?? "").toContain(expected.cameraModel ?? "");
        expect(description.takenAt?.slice(0, 19)).toBe(
          expected.dateTimeOriginal?.replace(/^(\d+):(\d+):(\d+) /, "$1-$2-$3T"),
        );
      },
    );

    test.each(good.map(({ file }) => file))(
      "%s has thumbnails without a trace of the camera",
      async (file) => {
        const { description, results } = await work(file);

        expect(description.derived.length).toBeGreaterThan(0);
        for (const { key, width, height, sizeBytes } of description.derived) {
          const body = results.files.get(key) ?? Buffer.alloc(0);
          const header = await sharp(body).metadata();
          expect(header).toMatchObject({ format: "webp", width, height, space: "srgb" });
          expect(body.length).toBe(sizeBytes);
          expect(width).toBeLessThanOrEqual(description.width);
          expect([header.exif, header.xmp, header.iptc, header.icc, header.orientation]).toEqual(
            Array(5).fill(undefined),
          );
          expect(await exifr.gps(body).catch(() => undefined)).toBeUndefined();
        }
      },
    );

    test.each([
      ["hostile/truncated.jpg", "The file ends early"],
      ["hostile/corrupt-header.jpg", "The file ends early"],
      ["hostile/bomb-30000x30000.png", "30000 x 30000 (900 megapixels)"],
      ["hostile/zero-bytes.jpg", "is empty (0 bytes)"],
      ["hostile/pdf-named.jpg", "is a PDF document, not an image"],
      ["images/rain.svg", "is an SVG drawing"],
      ["images/gps.heic", "is a HEIC image"],
      ["images/still-photo.heic", "is a HEIC image"],
      ["video/h264-aac.mp4", "is an MP4 video, not an image"],
      ["audio/id3-bear.mp3", "is a sound file (audio/mpeg), not an image"],
      ["documents/utf8.txt", "is a text file, not an image"],
      ["documents/utf16le-bom.txt", "is a text file, not an image"],
    ])("%s is refused by name", async (file, reason) => {
      const refusal = work(file);

      await expect(refusal).rejects.toBeInstanceOf(BadInput);
      await expect(refusal).rejects.toThrow(reason);
    });

    test("the eight orientations look alike when shown upright", async () => {
      const landscapes = good.filter(({ file }) => file.includes("-landscape"));
      const colours = await Promise.all(
        landscapes.map(async ({ file }) => {
          const { results } = await work(file);
          const { data } = await sharp(results.files.get("jobs/job/1/thumb-320.webp"))
            .resize(2, 2, { fit: "fill" })
            .raw()
            .toBuffer({ resolveWithObject: true });
          return [...data];
        }),
      );

      expect(colours).toHaveLength(8);
      const first = colours[0] ?? [];
      const differences = colours.flatMap((colour) =>
        colour.map((value, at) => Math.abs(value - (first[at] ?? -255))),
      );
      expect(Math.max(...differences)).toBeLessThan(12);
    });
  });
}
