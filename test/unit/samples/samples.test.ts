import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import sharp from "sharp";
import { pipelineOfKey } from "#core/pipelines/pipeline.ts";
import { pipelines } from "#pipelines";
import { describeImage } from "../../../tasks/media/task.ts";
import { MemoryResults } from "../media/support/memory-results.ts";

type Expectation =
  | { state: "SUCCEEDED"; result: Record<string, unknown> }
  | { state: "FAILED"; class: string; retry: string; reasonIncludes: string };

interface Sample {
  key: string;
  file?: string;
  expect: Expectation | "no job";
}

const SAMPLES = path.resolve(import.meta.dirname, "../../../samples");
const FILES = path.join(SAMPLES, "files");
const samples: Sample[] = JSON.parse(await readFile(path.join(SAMPLES, "expected.json"), "utf8"));

async function outcomeOf(sample: Sample): Promise<unknown> {
  const results = new MemoryResults();
  try {
    const file = path.join(FILES, sample.file ?? "");
    return { state: "SUCCEEDED", result: await describeImage(file, results, new AbortController().signal) };
  } catch (error) {
    return { state: "FAILED", class: "application", retry: "no", reasonIncludes: String(error) };
  }
}

describe("the samples", () => {
  const jobs = samples.filter(({ expect: expected }) => expected !== "no job");

  test.each(jobs.map((sample) => [sample.key, sample] as const))(
    "%s ends as expected.json says",
    async (_, sample) => {
      const expected = sample.expect as Expectation;
      const outcome = await outcomeOf(sample);

      expect(outcome).toMatchObject(
        expected.state === "FAILED"
          ? { ...expected, reasonIncludes: expect.stringContaining(expected.reasonIncludes) }
          : expected,
      );
    },
  );

  test("every job's key belongs to a pipeline, and a key of no job to none or to a folder", () => {
    const belongs = samples.map(
      ({ key }) => pipelineOfKey(pipelines, key) !== undefined && !key.endsWith("/"),
    );

    expect(belongs).toEqual(samples.map(({ expect: expected }) => expected !== "no job"));
  });

  test("each file that is committed is uploaded, and none is missing", async () => {
    const named = new Set(samples.flatMap(({ file }) => file ?? []));

    expect([...named].sort()).toEqual((await readdir(FILES)).sort());
    expect(named.size).toBeGreaterThanOrEqual(15);
  });

  test("all eight orientations show the same picture", async () => {
    const corners = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7, 8].map(async (orientation) => {
        const results = new MemoryResults();
        const file = path.join(FILES, `orientation-${orientation}.jpg`);
        await describeImage(file, results, new AbortController().signal);
        const pixels = await sharp([...results.files.values()][0])
          .resize(2, 2, { fit: "fill", kernel: "nearest" })
          .raw()
          .toBuffer();
        return [...pixels].map((channel) => Math.round(channel / 64));
      }),
    );

    expect(new Set(corners.map((corner) => corner.join())).size).toBe(1);
  });

  test("the script makes the same bytes every time", async () => {
    const run = promisify(execFile);
    const folders = await Promise.all(
      [1, 2].map(async () => mkdtemp(path.join(tmpdir(), "slipway-samples-"))),
    );
    for (const folder of folders)
      await run(process.execPath, [path.join(SAMPLES, "make-samples.ts"), folder]);

    const [first, second] = await Promise.all(folders.map(contentsOf));
    await Promise.all(folders.map(async (folder) => rm(folder, { recursive: true })));

    expect(Object.keys(first ?? {}).sort()).toEqual((await readdir(FILES)).sort());
    expect(second).toEqual(first);
  });
});

async function contentsOf(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder);
  const entries = names.map(
    async (name) => [name, await readFile(path.join(folder, name), "base64")] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
