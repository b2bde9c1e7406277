import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { PROJECT_DIR } from "../../../cli/running-cloud.ts";

interface Ended {
  readonly code: number;
  readonly stderr: string;
}

/** An endpoint is named, so that a developer's own cloud is left alone; nothing listens there. */
const NOBODY = "http://127.0.0.1:1";

async function run(file: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, AWS_ENDPOINT_URL: NOBODY, NO_COLOR: "1" };
    execFile(process.execPath, [join(PROJECT_DIR, file), ...args], { env }, (error, _stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stderr });
    });
  });
}

describe("a command that is typed wrong", () => {
  test.concurrent.each([
    ["cli/main.ts", ["jbos"], /Did you mean jobs\?/],
    ["cli/main.ts", ["jobs", "--state", "ASLEEP"], /It takes one of SUBMITTED, RUNNABLE, /],
    ["cli/main.ts", ["jobs", "--stage", "local", "--endpoint-url", "here"], /"here" is no endpoint/],
    ["cli/main.ts", ["faults", "set", "throttle", "--share", "3"], /It takes a number from 0 to 1\./],
    ["cli/start.ts", ["--port", "0", "--data", join(PROJECT_DIR, "package.json")], /The data folder cannot/],
    ["cli/demo/main.ts", ["--timeout", "soon"], /It takes a whole number from 1\./],
  ])("%s %j ends with exit code 2 and says in a sentence what it takes", async (file, args, sentence) => {
    const { code, stderr } = await run(file, args);

    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(code).toBe(2);
  });
});

describe("a command that cannot be done", () => {
  test("ends with exit code 1, and says that nothing answers at the endpoint", async () => {
    const { code, stderr } = await run("cli/main.ts", ["jobs", "--stage", "local"]);

    expect(stderr).toMatch(/^Nothing answers at the endpoint/);
    expect(code).toBe(1);
  });
});

describe("help that is asked for", () => {
  test("is no failure", async () => {
    expect(await run("cli/main.ts", ["help", "jobs"])).toEqual({ code: 0, stderr: "" });
  });
});
