import { execFile } from "node:child_process";
import { join } from "node:path";
import { ECSClient, ListClustersCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type CloudUnderTest, startWholeCloud } from "../support/whole-cloud.ts";

const CLI = join(import.meta.dirname, "..", "..", "..", "cli", "main.ts");
let cloud: CloudUnderTest;

beforeAll(async () => {
  cloud = await startWholeCloud();
});
afterAll(() => cloud.end());

/** `npx slipway --stage STAGE faults ...` against the cloud. */
async function faults(args: readonly string[], stage = "local") {
  return new Promise<{ code: number; out: string; error: string }>((resolve) => {
    const all = [CLI, "--stage", stage, "--endpoint-url", cloud.cloud.endpoint, "faults", ...args];
    const child = execFile(process.execPath, all, (_, out, error) =>
      resolve({ code: child.exitCode ?? 0, out, error }),
    );
  });
}

describe("slipway faults", () => {
  test("switches a fault on for a while, shows it and clears it", async () => {
    const set = await faults(["set", "throttle", "--share", "1", "--for", "60s"]);
    const ecs = new ECSClient({ ...cloud.client(), maxAttempts: 1 });
    await expect(ecs.send(new ListClustersCommand({}))).rejects.toMatchObject({
      name: "ThrottlingException",
    });
    const listed = await faults([]);
    const cleared = await faults(["clear"]);
    await expect(ecs.send(new ListClustersCommand({}))).resolves.toBeDefined();
    ecs.destroy();

    expect(set).toMatchObject({ code: 0, error: "" });
    expect(set.out).toMatch(/^throttle +share 1, \d+ s left$/m);
    expect(listed.out).toMatch(/^throttle +share 1, \d+ s left +Calls of ECS/m);
    expect(listed.out).toMatch(/^noAddress +off/m);
    expect(cleared.out).toBe("No fault is on.\n");
  });

  test("prints one JSON document and takes names with hyphens", async () => {
    const { out } = await faults([
      "set",
      "no-capacity",
      "--provider",
      "FARGATE_SPOT",
      "--count",
      "2",
      "--json",
    ]);

    expect(JSON.parse(out)).toContainEqual(
      expect.objectContaining({
        name: "noCapacity",
        on: { share: 1, count: 2, left: 2, capacityProvider: "FARGATE_SPOT" },
      }),
    );
  });

  test.each([
    [["set", "earthquake"], /There is no fault "earthquake"; there are: /],
    [["set", "late-events"], /delayMs/],
    [["set", "no-start", "--table", "jobs"], /table/],
    [["set", "throttle", "--for", "soon"], /It takes a duration/],
    [["set", "lost-events", "--match", "{"], /JSON object/],
  ])("refuses %j in one sentence", async (args, words) => {
    const { code, out, error } = await faults(args);

    expect(code).not.toBe(0);
    expect(out).toBe("");
    expect(error).toMatch(words);
    expect(error).not.toMatch(/\n {4}at /);
  });

  test("has nothing to do with a stage in AWS", async () => {
    expect(await faults(["list"], "prod")).toMatchObject({
      code: 2,
      error: expect.stringMatching(/Stage "prod" is in AWS/),
    });
  });
});
