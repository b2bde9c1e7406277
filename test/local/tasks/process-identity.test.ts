import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { identify, killGroup, killRemembered, signalGroup } from "#local/tasks/launcher/process-identity.ts";

let child: ChildProcess;
let pid: number;
beforeEach(async () => {
  child = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
  await once(child, "spawn");
  pid = child.pid ?? 0;
});
afterEach(() => killGroup(pid));

describe("a process that was remembered over a crash", () => {
  test("is ended by its number and its start", async () => {
    const exited = once(child, "exit");
    killRemembered(identify(pid) ?? { pid: 0, startedAt: "" });

    expect(await exited).toEqual([null, "SIGKILL"]);
  });

  test("is left alone where its number belongs to somebody else by now", () => {
    killRemembered({ pid, startedAt: "another boot 42" });

    expect(signalGroup(pid, 0)).toBe(true);
  });

  test("has no identity once it is gone, and ending it again is no error", async () => {
    const exited = once(child, "exit");
    killGroup(pid);
    await exited;

    expect(identify(pid)).toBeUndefined();
    expect(() => killGroup(pid)).not.toThrow();
  });
});
