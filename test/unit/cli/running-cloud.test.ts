import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { forgetRunningCloud, recordRunningCloud, runningClouds } from "../../../cli/running-cloud.ts";

const OURS = { endpoint: "http://127.0.0.1:4566", pid: process.pid };
/** Every process has a parent that lives. */
const OTHER = { endpoint: "http://127.0.0.1:4567", pid: process.ppid };
/** Beyond what any system gives out. */
const GONE = { endpoint: "http://127.0.0.1:4568", pid: 2 ** 30 };

describe("the local clouds that run", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "running-cloud-"));
    file = join(folder, "made-when-needed", "clouds.json");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("are none before the first start", () => {
    expect(runningClouds(file)).toEqual([]);
  });

  test("are known side by side, the last started first", () => {
    recordRunningCloud(OURS, file);
    recordRunningCloud(OTHER, file);

    expect(runningClouds(file)).toEqual([OTHER, OURS]);
  });

  test("are still known when another one has stopped", () => {
    recordRunningCloud(OURS, file);
    recordRunningCloud(OTHER, file);

    forgetRunningCloud(OTHER.pid, file);

    expect(runningClouds(file)).toEqual([OURS]);
  });

  test("do not count one that was killed and could not say goodbye", () => {
    recordRunningCloud(OURS, file);
    recordRunningCloud(GONE, file);

    expect(runningClouds(file)).toEqual([OURS]);
  });
});
