import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { StopTaskCommand, type RunTaskCommandInput } from "@aws-sdk/client-ecs";
import { startTaskCloud, taskRole, type TaskCloud } from "#test/local/tasks/support/task-cloud.ts";
import { engineHere } from "./support/engine-here.ts";

const MINUTES = 60_000;
const image = join(import.meta.dirname, "behaving");

const engine = await engineHere();
const describeWithEngine = engine === undefined ? describe.skip : describe;

/** The words come in the place of the image's CMD, behind its ENTRYPOINT. */
const behave = (...words: string[]): Pick<RunTaskCommandInput, "overrides"> => ({
  overrides: { containerOverrides: [{ name: "main", command: ["/app/main.mjs", ...words] }] },
});

describeWithEngine("a task that runs as a container of this machine's engine", () => {
  let cloud: TaskCloud;
  beforeAll(async () => {
    cloud = await startTaskCloud({}, { containers: true });
    await cloud.register(
      {
        image,
        user: "1000",
        readonlyRootFilesystem: true,
        stopTimeout: 2,
        mountPoints: [{ sourceVolume: "scratch", containerPath: "/tmp" }],
      },
      { volumes: [{ name: "scratch" }] },
    );
  }, 3 * MINUTES);
  afterAll(() => cloud.stop(), MINUTES);

  const ended = async (...words: string[]) => {
    const { taskArn = "" } = await cloud.run(behave(...words));
    const { containers, stopCode } = await cloud.stopped(taskArn);
    return { taskArn, stopCode, container: containers[0] };
  };
  const linesOf = (taskArn: string): string[] =>
    cloud.logs("/tasks").get(`run/main/${taskArn.split("/").at(-1)}`) ?? [];

  it(
    "runs the image's own command with its environment, its output in the log",
    async () => {
      const { taskArn = "" } = await cloud.run({});
      const { containers } = await cloud.stopped(taskArn);

      expect(containers).toMatchObject([{ exitCode: 0 }]);
      expect(linesOf(taskArn)).toEqual(["hello from the image"]);
    },
    MINUTES,
  );

  it(
    "ends with the exit code of its process, and both outputs are in the log",
    async () => {
      const { taskArn, stopCode, container } = await ended("exit", "75");

      expect({ stopCode, exitCode: container?.exitCode }).toEqual({
        stopCode: "EssentialContainerExited",
        exitCode: 75,
      });
      expect(linesOf(taskArn).toSorted()).toEqual(["first", "second"]);
    },
    MINUTES,
  );

  it(
    "has the task definition's user, a root that cannot be written, and its volume",
    async () => {
      const { taskArn } = await ended("write");

      expect(JSON.parse(linesOf(taskArn)[0] ?? "")).toEqual({
        uid: 1000,
        root: "EROFS",
        tmp: "written",
        home: "EROFS",
      });
    },
    MINUTES,
  );

  it(
    "is killed at its memory limit, and says so",
    async () => {
      expect((await ended("grow")).container).toMatchObject({
        exitCode: 137,
        reason: "OutOfMemoryError: Container killed due to memory usage",
      });
    },
    MINUTES,
  );

  it.each([
    ["may end in peace at the stop signal", "stop-politely", 0],
    [
      "is killed after the stop timeout where it does not listen, which is no lack of memory",
      "ignore-sigterm",
      137,
    ],
  ])(
    "%s",
    async (_, behaviour, exitCode) => {
      const { taskArn = "" } = await cloud.run(behave(behaviour));
      await cloud.line(taskArn, "main", "waiting");

      await cloud.ecs.send(new StopTaskCommand({ cluster: "jobs", task: taskArn }));

      const { containers } = await cloud.stopped(taskArn);
      expect(containers[0]).toMatchObject({ exitCode });
      expect(containers[0]).not.toHaveProperty("reason");
    },
    MINUTES,
  );

  it(
    "reaches its metadata and the credentials of its role",
    async () => {
      const { taskArn } = await ended("endpoints");

      expect(JSON.parse(linesOf(taskArn)[0] ?? "")).toEqual({ TaskARN: taskArn, RoleArn: taskRole });
    },
    MINUTES,
  );

  it(
    "does not start from an image that nobody has",
    async () => {
      const taskDefinition = await cloud.register({ image: "/nowhere/at/all" });
      const { taskArn = "" } = await cloud.run({ taskDefinition });

      expect(await cloud.stopped(taskArn)).toMatchObject({
        stopCode: "TaskFailedToStart",
        stoppedReason: expect.stringContaining("CannotPullContainerError"),
      });
    },
    MINUTES,
  );

  it(
    "finds its volume root's where the image does not declare the path, as on Fargate",
    async () => {
      const taskDefinition = await cloud.register(
        {
          image: join(import.meta.dirname, "undeclared"),
          user: "1000",
          mountPoints: [{ sourceVolume: "scratch", containerPath: "/tmp" }],
        },
        { volumes: [{ name: "scratch" }] },
      );
      const { taskArn = "" } = await cloud.run({ taskDefinition });
      await cloud.stopped(taskArn);

      expect(linesOf(taskArn)).toEqual(["EACCES"]);
    },
    MINUTES,
  );

  it(
    "leaves no container behind",
    async () => {
      const names = await engine?.call({
        args: ["ps", "--all", "--format", "{{.Names}}"],
        timeoutMs: MINUTES,
      });

      expect(names?.split("\n").filter((name) => /^[0-9a-f]{32}-/.test(name))).toEqual([]);
    },
    MINUTES,
  );
});
