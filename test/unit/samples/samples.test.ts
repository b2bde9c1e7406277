import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import sharp from "sharp";
import { pipelineOfKey } from "#core/pipelines/pipeline.ts";
import { BadInput } from "#flow/work-errors.ts";
import { pipelines } from "#pipelines";
import { describeImage } from "../../../tasks/media/task.ts";
import { MemoryResults } from "../media/support/memory-results.ts";

interface Expectation {
  state: string;
  reasonIncludes?: string;
  result?: Record<string, unknown>;
}

interface Sample {
  key: string;
  file?: string;
  expect: Expectation | "no job";
}

const SAMPLES = path.resolve(import.meta.dirname, "../../../samples");
const FILES = path.join(SAMPLES, "files");
const samples: Sample[] = JSON.parse(await readFile(path.join(SAMPLES, "expected.json"), "utf8"));

async function outcomeOf(sample: Sample): Promise<{ state: string; result?: unknown; reason: string }> {
  const file = path.join(FILES, sample.file ?? "");
  try {
    const result = await describeImage(file, new MemoryResults(), new AbortController().signal);
    return { state: "SUCCEEDED", result, reason: "" };
  } catch (error) {
    if (error instanceof BadInput) return { state: "FAILED", reason: error.message };
    throw error;
  }
}

describe("the samples", () => {
  const jobs = samples.flatMap((sample) =>
    sample.expect === "no job" ? [] : [{ sample, expected: sample.expect }],
  );

  test.each(jobs.map(({ sample, expected }) => [sample.key, sample, expected] as const))(
    "%s ends as expected.json says",
    async (_, sample, expected) => {
      const { state, reasonIncludes = "", result = {} } = expected;

      const outcome = await outcomeOf(sample);

      expect(outcome.state).toBe(state);
      expect(outcome.reason).toContain(reasonIncludes);
      expect(outcome.result ?? {}).toMatchObject(result);
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
