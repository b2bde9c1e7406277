import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { behave, startTaskCloud, type TaskCloud } from "#test/local/tasks/support/task-cloud.ts";

let cloud: TaskCloud;
beforeAll(async () => {
  cloud = await startTaskCloud();
});
afterAll(() => cloud.stop());

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
describe("a task that grows beyond its memory", () => {
  test.each([
    ["of the task", "grow", undefined],
    ["of the task, by its children", "grow-below", undefined],
    ["of the container", "grow", 256],
  ])("%s ends with 137 and OutOfMemoryError as the container's reason", async (_, behaviour, memory) => {
    const taskDefinition = await cloud.register(memory === undefined ? {} : { memory });
    const { taskArn = "" } = await cloud.run({ taskDefinition, ...behave(behaviour) });

    expect(await cloud.stopped(taskArn)).toMatchObject({
      stopCode: "EssentialContainerExited",
      containers: [{ exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" }],
    });
  });
});

// 200 MiB, and five processes that have them.
const SHARED_BY_FORKS = `
  my $kept = "x" x (200 * 1024 * 1024);
  for (1 .. 4) { unless (fork) { sleep 2; exit 0 } }
  1 while wait > 0;
`;

(process.platform === "linux" ? describe : describe.skip)("memory that processes share after a fork", () => {
  test("counts once, as the kernel counts it", async () => {
    const taskDefinition = await cloud.register({ entryPoint: ["perl", "-e", SHARED_BY_FORKS] });
    const { taskArn = "" } = await cloud.run({ taskDefinition });

    const [container] = (await cloud.stopped(taskArn)).containers;
    expect(container).toMatchObject({ exitCode: 0 });
    expect(container).not.toHaveProperty("reason");
  });
});
