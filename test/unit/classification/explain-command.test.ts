import { spawn } from "node:child_process";
import path from "node:path";
import { text as readAll } from "node:stream/consumers";
import { describe, expect, it } from "@jest/globals";

const MAIN = path.resolve(import.meta.dirname, "../../../cli/main.ts");

/** `slipway explain`, as a process of its own. */
async function explain(
  args: readonly string[],
  input = "",
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, "explain", ...args]);
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  child.stdin.end(input);
  const [out, err] = await Promise.all([readAll(child.stdout), readAll(child.stderr)]);
  return { code: await code, out, err };
}

describe("explain TEXT", () => {
  it("says what happened, what to do, the class and whether it is tried again", async () => {
    const { code, out } = await explain(["CannotPullContainerError: app:9: not found"]);

    expect({ code, lines: out.trimEnd().split("\n") }).toEqual({
      code: 0,
      lines: [
        'What happened:  The image or its tag does not exist in the registry ("CannotPullContainerError: app:9: not found").',
        "What to do:     Check the image's name, tag or digest, and push it if it is missing.",
        "Class:          image",
        "Tried again:    no",
      ],
    });
  });

  it("heeds the stop code, the exit code and the place", async () => {
    const [spot, exit, refused] = await Promise.all([
      explain(["", "--stop-code", "SpotInterruption", "--exit-code", "0"]),
      explain(["--exit-code", "137"]),
      explain(["Rate exceeded", "--where", "runTask.exception", "--error-name", "ClientException"]),
    ]);

    expect(spot.out).toContain("Class:          spot-interruption");
    expect(exit.out).toContain("exit code 137, SIGKILL");
    expect(refused.out).toContain('("ClientException: Rate exceeded")');
  });

  it("lets nothing in the text move the cursor", async () => {
    const { out } = await explain(["\u001b[2J gone"]);

    expect(out).not.toContain("\u001b");
  });

  it("refuses what it cannot explain with one line", async () => {
    const [nothing, place, exitCode] = await Promise.all([
      explain([]),
      explain(["x", "--where", "elsewhere"]),
      explain(["x", "--exit-code", "one"]),
    ]);

    expect(nothing).toMatchObject({ code: 2, err: expect.stringMatching(/^Name the text to explain.*\n$/) });
    expect(place).toMatchObject({
      code: 2,
      err: expect.stringContaining("Allowed choices are stoppedReason"),
    });
    expect(exitCode).toMatchObject({ code: 2, err: expect.stringContaining("It has to be a whole number.") });
  });
});

describe("explain --json", () => {
  it("answers each question with class, retry and advice", async () => {
    const questions = [
      {
        id: "a",
        where: "runTask.failure",
        text: "RESOURCE:CPU",
        stopCode: null,
        exitCode: null,
        errorName: null,
      },
      {
        id: "b",
        where: "stoppedReason",
        text: "Essential container in task exited",
        stopCode: "EssentialContainerExited",
        exitCode: 0,
      },
    ];
    const { code, out } = await explain(["--json"], JSON.stringify(questions));

    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual([
      { id: "a", class: "capacity", retry: "later", advice: expect.any(String) },
      { id: "b", class: "succeeded", retry: "no", advice: expect.any(String) },
    ]);
  });

  it("reads the main container by its name where it is told of side-cars", async () => {
    const question = {
      id: "a",
      where: "stoppedReason",
      text: "Essential container in task exited",
      mainContainer: "job",
      containers: [
        { name: "log_router", exitCode: 137, reason: null },
        { name: "job", exitCode: 0 },
      ],
    };
    const sideCar = {
      id: "b",
      where: "container.reason",
      text: "OutOfMemoryError: Container killed due to memory usage",
      container: "log_router",
      exitCode: 0,
    };
    const { out } = await explain(["--json"], JSON.stringify([question, sideCar]));

    expect(JSON.parse(out)).toMatchObject([{ class: "succeeded" }, { class: "succeeded" }]);
  });

  it("says in one line what is wrong with its input", async () => {
    const [notJson, notAList, misplaced, both] = await Promise.all([
      explain(["--json"], "{"),
      explain(["--json"], "{}"),
      explain(["--json"], '[{"id":"a","where":"elsewhere","text":"x"}]'),
      explain(["x", "--json"], "[]"),
    ]);

    expect([notJson, notAList, misplaced, both].map(({ code, out }) => ({ code, out }))).toEqual(
      Array.from({ length: 4 }, () => ({ code: 2, out: "" })),
    );
    expect(notJson.err).toMatch(/^The input is not JSON: .*\n$/);
    expect(notAList.err).toMatch(/^The input is not as it should be: .*array.*\n$/);
    expect(misplaced.err).toMatch(/^The input's 0\.where is not as it should be: .*\n$/);
    expect(both.err).toMatch(/^With --json the texts come on stdin.*\n$/);
  });
});
