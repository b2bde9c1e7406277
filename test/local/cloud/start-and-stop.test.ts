import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { once } from "node:events";
import { createServer } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCloud } from "#local/cloud.ts";
import { FolderInUseError } from "#local/folder-lock.ts";
import { PortInUseError } from "#local/port-in-use-error.ts";
import { type CloudUnderTest, startWholeCloud } from "../support/whole-cloud.ts";

let test: CloudUnderTest;

beforeAll(async () => {
  test = await startWholeCloud();
});

afterAll(() => test.end());

describe("a cloud", () => {
  it("names the port that somebody else has, and leaves its own folder free", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "local-cloud-"));

    await expect(startCloud({ dataDir, port: test.cloud.port })).rejects.toThrow(PortInUseError);
    const second = await startCloud({ dataDir });
    await second.stop();

    rmSync(dataDir, { recursive: true });
    expect(second.port).not.toBe(test.cloud.port);
  });

  it("has its port again after a restart, or says that it has another", async () => {
    const before = test.cloud.port;
    await test.restart();
    const again = test.cloud.port;
    await test.cloud.stop();
    const thief = createServer().listen(before, "127.0.0.1");
    await once(thief, "listening");
    await test.restart();
    thief.close();

    expect(again).toBe(before);
    expect(test.cloud.port).not.toBe(before);
    expect(test.reported).toContainEqual(expect.stringContaining(`was on port ${before}`));
  });

  it("refuses a folder that another cloud works on", async () => {
    await expect(startCloud({ dataDir: test.dataDir })).rejects.toThrow(FolderInUseError);
  });

  it("answers a service that it does not have by name", async () => {
    const response = await fetch(test.cloud.endpoint, {
      method: "POST",
      headers: { authorization: "AWS4-HMAC-SHA256 Credential=k/20261122/us-east-1/kinesis/aws4_request" },
    });

    expect(response.status).toBe(501);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining("kinesis") });
  });

  it("moves its clock for those who drive it over HTTP", async () => {
    const response = await fetch(`${test.cloud.endpoint}/_cloud/clock/advance`, {
      method: "POST",
      body: JSON.stringify({ milliseconds: 3_600_000 }),
    });
    const { now } = (await response.json()) as { now: string };

    expect(Date.parse(now) - Date.now()).toBeGreaterThan(3_500_000);
  });

  it("names a control that it does not have", async () => {
    await expect(test.cloud.control("queues", "explode")).rejects.toThrow("queues/explode");
  });
});
