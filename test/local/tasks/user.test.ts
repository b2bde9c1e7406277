import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { machineUser, mayEnter } from "#local/tasks/launcher/process-user.ts";
import { startTaskCloud, workerFolder, type TaskCloud } from "#test/local/tasks/support/task-cloud.ts";

const NOBODY = "65534";
/** Only root becomes somebody else, and only where the program can be reached by them. */
const isPossible =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  [workerFolder, dirname(process.execPath)].every((folder) =>
    mayEnter(folder, { uid: 65_534, gid: 65_534, home: "/" }),
  );
const whereRoot = isPossible ? describe : describe.skip;

const reported: string[] = [];
let cloud: TaskCloud;
beforeAll(async () => {
  cloud = await startTaskCloud({ report: (line) => void reported.push(line) });
});
afterAll(() => cloud.stop());

/** What `id` says in a container of this user, and whether it may write where a task may. */
async function identityOf(user: string): Promise<string> {
  const taskDefinition = await cloud.register({
    user,
    entryPoint: ["sh", "-c", 'echo "I am $(id -u):$(id -g)"; touch "$TMPDIR/note"'],
  });
  const { taskArn = "" } = await cloud.run({ taskDefinition });
  expect(await cloud.stopped(taskArn)).toMatchObject({ containers: [{ exitCode: 0 }] });
  return cloud.line(taskArn, "main", /^I am/);
}

whereRoot("where the cloud was started as root, a container's process runs as", () => {
  test("the user of the task definition, and may write into TMPDIR", async () => {
    expect(await identityOf(NOBODY)).toMatch(/^I am 65534:\d+$/);
  });

  test("the user and the group that it names", async () => {
    expect(await identityOf(`${NOBODY}:12345`)).toBe("I am 65534:12345");
  });

  test("root where the machine does not know the name, and the person is told", async () => {
    expect(await identityOf("no-such-user")).toBe("I am 0:0");
    expect(reported).toContain(
      `ECS: this machine has no user "no-such-user", so ${workerFolder} runs as root.`,
    );
  });
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
describe("a user of the machine", () => {
  test("is found by name and by number", () => {
    expect(machineUser("root")).toMatchObject({ uid: 0, gid: 0 });
    expect(machineUser("4242")).toEqual({ uid: 4242, gid: 0, home: "/" });
    expect(machineUser("4242:4343")).toEqual({ uid: 4242, gid: 4343, home: "/" });
    expect(machineUser("no-such-user")).toBeUndefined();
  });

  test("may enter a folder only where all that lead to it let them pass", () => {
    const outer = mkdtempSync(join(tmpdir(), "user-"));
    const inner = mkdtempSync(join(outer, "inner-"));
    chmodSync(inner, 0o755);
    const somebody = { uid: 4242, gid: 4242, home: "/" };
    chmodSync(outer, 0o700);
    const before = mayEnter(inner, somebody);
    chmodSync(outer, 0o711);
    const after = mayEnter(inner, somebody);
    rmSync(outer, { recursive: true });

    expect([before, after]).toEqual([false, true]);
  });
});
