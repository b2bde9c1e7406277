import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import sharp from "sharp";
import type { Exif, Sharp } from "sharp";
import { thumbHashToAverageRGBA } from "thumbhash";
import { BadInput } from "#flow/work-errors.ts";
import { describeImage } from "../../../tasks/media/task.ts";
import { MemoryResults } from "./support/memory-results.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "slipway-media-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const plain = (width: number, height: number, background = "#336699") =>
  sharp({ create: { width, height, channels: 3, background } });

async function describeBytes(body: Uint8Array | string, signal = new AbortController().signal) {
  const file = path.join(folder, "input");
  await writeFile(file, body);
  const results = new MemoryResults();
  return { ...(await describeImage(file, results, signal)), files: results.files };
}

const describeMade = async (image: Sharp) => describeBytes(await image.toBuffer());

const EXIF: Exif = {
  IFD0: { Make: "Canon", Model: "Canon EOS R5" },
  IFD2: { DateTimeOriginal: "2024:02:29 23:59:59", OffsetTimeOriginal: "-03:30", LensModel: "RF 50mm\nF1.2" },
  IFD3: {
    GPSLatitudeRef: "S",
    GPSLatitude: "33/1 2/1 4488/100",
    GPSLongitudeRef: "W",
    GPSLongitude: "71/1 37/1 1092/100",
  },
};

/** The same with other EXIF tags of the exposure. */
const taken = (IFD2: Record<string, string>): Exif => ({ IFD2 });

describe("the camera's facts", () => {
  test.each([
    ["jpeg", plain(20, 10).jpeg()],
    ["png", plain(20, 10).png()],
    ["webp", plain(20, 10).webp()],
    ["avif", plain(20, 10).avif({ effort: 0 })],
  ])("are read from %s", async (format, image) => {
    const description = await describeMade(image.withExif(EXIF));

    expect(description).toMatchObject({
      format,
      gps: { latitude: -33.0458, longitude: -71.6197 },
      takenAt: "2024-02-29T23:59:59-03:30",
      camera: "Canon EOS R5",
      lens: "RF 50mm F1.2",
    });
  });

  test.each([
    ["a clock that was never set", "0000:00:00 00:00:00"],
    ["a day that no month has", "2023:02:30 10:00:00"],
    ["words", "yesterday"],
  ])("leave out a time that is %s", async (_, DateTimeOriginal) => {
    expect(await describeMade(plain(9, 9).jpeg().withExif(taken({ DateTimeOriginal })))).not.toHaveProperty(
      "takenAt",
    );
  });

  test("have a time without zone where the camera wrote no offset", async () => {
    const exif = taken({ DateTimeOriginal: "2025:01:03 18:45:30" });

    expect((await describeMade(plain(9, 9).jpeg().withExif(exif))).takenAt).toBe("2025-01-03T18:45:30");
  });

  test("leave out a place that is not on earth", async () => {
    const exif: Exif = {
      IFD3: {
        GPSLatitudeRef: "N",
        GPSLatitude: "97/1 0/1 0/1",
        GPSLongitudeRef: "E",
        GPSLongitude: "11/1 0/1 0/1",
      },
    };

    expect(await describeMade(plain(9, 9).jpeg().withExif(exif))).not.toHaveProperty("gps");
  });

  test("that are broken do not cost the picture", async () => {
    const good = await plain(20, 10).jpeg().withExif(EXIF).toBuffer();
    const at = good.indexOf("Exif\0\0");
    const broken = Buffer.from(good);
    broken.fill(0xff, at + 14, at + 60);

    expect(await describeBytes(broken)).toMatchObject({ width: 20, height: 10 });
  });
});

describe("the thumbnails", () => {
  test.each([
    [2000, 1000, [320, 640, 1280]],
    [1280, 10, [320, 640, 1280]],
    [600, 800, [320, 600]],
    [320, 200, [320]],
    [31, 17, [31]],
  ])("of %i x %i pixels have the widths %j", async (width, height, widths) => {
    const { derived } = await describeMade(plain(width, height).jpeg());

    expect(derived.map((image) => image.width)).toEqual(widths);
    expect(derived.map(({ key }) => key)).toEqual(widths.map((each) => `jobs/job/1/thumb-${each}.webp`));
  });

  test("of a very tall picture are made narrower, so that a browser can show them", async () => {
    const { derived, height } = await describeMade(plain(400, 30_000).png());

    expect(height).toBe(30_000);
    expect(derived.map((image) => image.height).every((each) => each <= 1280 * 4)).toBe(true);
  });

  test("show in sRGB what was stored in another colour space", async () => {
    const { files, dominantColour } = await describeMade(plain(40, 40, "#c83214").withIccProfile("p3").png());
    const { data } = await sharp(files.get("jobs/job/1/thumb-40.webp"))
      .raw()
      .toBuffer({ resolveWithObject: true });

    expect(dominantColour).toMatch(/^#c[789]3[0-4]1[2-6]$/);
    expect(Math.abs((data[0] ?? 0) - 0xc8)).toBeLessThan(4);
  });

  test("are not begun once the job has to stop", async () => {
    const stopped = AbortSignal.abort(new Error("stop"));

    await expect(describeBytes(await plain(9, 9).png().toBuffer(), stopped)).rejects.toThrow("stop");
  });
});

describe("the impression", () => {
  test("has the colour of most of the picture, not the mean of all", async () => {
    const spot = await plain(30, 100, "#ffffff").png().toBuffer();
    const image = plain(100, 100, "#204060")
      .composite([{ input: spot, left: 0, top: 0 }])
      .png();

    expect((await describeMade(image)).dominantColour).toBe("#204060");
  });

  test("does not count what is transparent", async () => {
    const glass = sharp({
      create: { width: 90, height: 90, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0 } },
    });
    const spot = await plain(20, 20, "#d02040").png().toBuffer();

    const description = await describeMade(glass.composite([{ input: spot, left: 5, top: 5 }]).png());

    expect(description).toMatchObject({ dominantColour: "#d02040", hasAlpha: true });
  });

  test("has a thumbhash of the same colour", async () => {
    const { thumbhash } = await describeMade(plain(64, 64, "#ff0000").png());
    const { r, g, b } = thumbHashToAverageRGBA(Buffer.from(thumbhash, "base64"));

    expect([Math.round(r), Math.round(g), Math.round(b)]).toEqual([1, 0, 0]);
  });
});

describe("a file that is cut off", () => {
  const animated = async () =>
    sharp(await Promise.all(["#aa0000", "#00aa00", "#0000aa"].map(async (c) => noise(c).png().toBuffer())), {
      join: { animated: true },
    });
  const noise = (background: string) =>
    sharp({
      create: {
        width: 60,
        height: 60,
        channels: 3,
        background,
        noise: { type: "gaussian", mean: 128, sigma: 40 },
      },
    });

  test.each([
    ["jpeg", async () => noise("#333").jpeg().toBuffer()],
    ["progressive jpeg", async () => noise("#333").jpeg({ progressive: true }).toBuffer()],
    ["png", async () => noise("#333").png().toBuffer()],
    ["webp", async () => noise("#333").webp().toBuffer()],
    ["avif", async () => noise("#333").avif({ effort: 0 }).toBuffer()],
    ["lossless webp", async () => noise("#333").webp({ lossless: true }).toBuffer()],
    ["tiff", async () => noise("#333").tiff({ compression: "lzw" }).toBuffer()],
    ["tiled tiff", async () => noise("#333").tiff({ compression: "deflate", tile: true }).toBuffer()],
    ["large tiff", async () => noise("#333").tiff({ compression: "lzw", bigtiff: true }).toBuffer()],
    ["animated gif", async () => (await animated()).gif().toBuffer()],
    ["animated webp", async () => (await animated()).webp().toBuffer()],
  ])("is refused as %s, wherever the cut is", async (_, make) => {
    const whole = await make();
    expect((await describeBytes(whole)).kind).toBe("image");
    for (const share of [0.3, 0.6, 0.9, 0.98]) {
      const part = whole.subarray(0, Math.floor(whole.length * share));
      await expect(describeBytes(part)).rejects.toThrow(BadInput);
      await expect(describeBytes(part)).rejects.toThrow("The file ends early: ");
    }
  });

  test("is refused as png where the pixels are whole but the end is not there", async () => {
    const whole = await noise("#333").png().toBuffer();

    await expect(describeBytes(whole.subarray(0, -12))).rejects.toThrow(
      "ends early: its last chunk (IEND) is missing",
    );
  });

  test("passes where only padding follows the end", async () => {
    const whole = await noise("#333").jpeg().toBuffer();

    expect((await describeBytes(Buffer.concat([whole, Buffer.alloc(500)]))).kind).toBe("image");
  });
});

describe("what is no image", () => {
  test.each([
    ["", "is empty (0 bytes)"],
    ["%PDF-1.7\n", "is a PDF document, not an image"],
    ["PK\u0003\u0004aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "is a ZIP archive, not an image"],
    ["<!DOCTYPE html><p>404", "is an HTML page, not an image"],
    ["hello", "is a text file, not an image"],
    ['<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "is an SVG drawing"],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', "is an SVG drawing"],
    ['<?xml version="1.0"?><rss/>', "is an XML document, not an image"],
    ["\u0000\u0001\u0002\u0003", "is of no known format, not an image"],
    ["BM\u0000\u0000", "is an image of type image/bmp, which is not supported"],
  ])("%j is named", async (body, reason) => {
    await expect(describeBytes(body)).rejects.toThrow(BadInput);
    await expect(describeBytes(body)).rejects.toThrow(reason);
  });

  test("cannot reach the SVG renderer, even by name", async () => {
    await expect(
      sharp(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')).png().toBuffer(),
    ).rejects.toThrow("unsupported image format");
  });
});
