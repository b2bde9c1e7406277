import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { taskIdentity } from "#test/local/tasks/support/identity.ts";
import { isAlive } from "#test/local/tasks/support/alive.ts";
import {
  behave,
  executionRole,
  startTaskCloud,
  taskRole,
  workerFolder,
  type TaskCloud,
} from "#test/local/tasks/support/task-cloud.ts";

const onLinux = process.platform === "linux" ? describe : describe.skip;

let cloud: TaskCloud;
beforeAll(async () => {
  process.env["AWS_SECRET_ACCESS_KEY"] = "the operator's own";
  cloud = await startTaskCloud();
  await cloud.register({
    environment: [
      { name: "FROM_DEFINITION", value: "definition" },
      { name: "GREETING", value: "hello from the definition" },
    ],
  });
});
afterAll(async () => {
  delete process.env["AWS_SECRET_ACCESS_KEY"];
  await cloud.stop();
});

const printed = async (...words: string[]): Promise<Record<string, never>> => {
  const { taskArn = "" } = await cloud.run(behave(...words));
  await cloud.stopped(taskArn);
  return JSON.parse(await cloud.line(taskArn, "main", /^\{/)) as Record<string, never>;
};

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
describe("a container", () => {
  test("runs the image's own command, its output in the stream prefix/container/task", async () => {
    const { taskArn = "" } = await cloud.run({});
    await cloud.stopped(taskArn);

    expect(cloud.logs("/tasks").get(`run/main/${taskArn.split("/").at(-1)}`)).toEqual([
      "hello from the definition",
    ]);
  });

  test("has the environment of image, definition, run and Fargate, and none of the cloud's", async () => {
    const environment = await printed("environment");

    expect(environment).toMatchObject({
      FROM_DEFINITION: "definition",
      GREETING: "hello from the definition",
      AWS_ENDPOINT_URL: cloud.test.client.endpoint,
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_EXECUTION_ENV: "AWS_ECS_FARGATE",
      ECS_CONTAINER_METADATA_URI_V4: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v4\/\S+$/),
      ECS_AGENT_URI: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/\S+$/),
    });
    expect(environment).not.toHaveProperty("AWS_SECRET_ACCESS_KEY");
    expect(environment).not.toHaveProperty("NOT_IN_THE_LAST_STAGE");
    expect(environment).not.toHaveProperty("NODE_OPTIONS");
    expect(String(environment["PATH"]).split(":")[0]).toBe(dirname(process.execPath));
  });

  test("works in the image's folder", async () => {
    expect(await printed("directory")).toEqual({ cwd: workerFolder, dockerfile: expect.any(Number) });
  });

  test("may write into TMPDIR, which is gone when the task has stopped", async () => {
    const { taskArn = "" } = await cloud.run(behave("write"));
    const folder = await cloud.line(taskArn, "main", /^\//);
    await cloud.stopped(taskArn);

    expect(folder).toContain(taskArn.split("/").at(-1));
    expect(existsSync(folder)).toBe(false);
  });

  test("reads who it is from the metadata endpoint v4", async () => {
    const answers = await printed("metadata");

    expect(answers).toMatchObject({
      "": { status: 200, body: { Name: "main", Image: workerFolder, LogDriver: "awslogs", Type: "NORMAL" } },
      "/task": {
        status: 200,
        body: {
          Cluster: "arn:aws:ecs:us-east-1:000000000000:cluster/jobs",
          TaskARN: expect.stringContaining(":task/jobs/"),
          Family: "worker",
          Limits: { CPU: 0.25, Memory: 512 },
          LaunchType: "FARGATE",
          Containers: [{ Name: "main" }],
        },
      },
      "/taskWithTags": { status: 200, body: { TaskTags: {} } },
      "/stats": { status: 200, body: { memory_stats: { limit: 512 * 1024 * 1024 } } },
      "/task/stats": { status: 200 },
      "/nothing": { status: 404 },
    });
    const { DockerId } = (answers[""] as unknown as { body: { DockerId: string } }).body;
    expect(answers["/task/stats"]).toMatchObject({ body: { [DockerId]: { id: DockerId, name: "main" } } });
  });

  test("gets the keys of its task role, and only with its token", async () => {
    expect(await printed("credentials")).toMatchObject({
      withoutToken: 401,
      keys: {
        RoleArn: taskRole,
        AccessKeyId: "key-of-task",
        SecretAccessKey: "secret",
        Token: expect.stringMatching(/^session-/),
      },
    });
  });

  test("may be named by a file: URL", async () => {
    const taskDefinition = await cloud.register({ image: pathToFileURL(workerFolder).href });
    const { taskArn = "" } = await cloud.run({ taskDefinition });

    expect(await cloud.stopped(taskArn)).toMatchObject({ containers: [{ exitCode: 0 }] });
  });

  test.each(["public.ecr.aws/nginx/nginx:latest", "/no/such/folder"])(
    "does not start from the image %s",
    async (image) => {
      const taskDefinition = await cloud.register({ image });
      const { taskArn = "" } = await cloud.run({ taskDefinition });
      const stopped = await cloud.stopped(taskArn);
      const reason = expect.stringMatching(
        `^CannotPullContainerError: .*failed to resolve ref ${image}: not found`,
      );

      expect(stopped).toMatchObject({
        stopCode: "TaskFailedToStart",
        stoppedReason: reason,
        containers: [{ reason }],
      });
      expect(stopped.containers[0]).not.toHaveProperty("exitCode");
    },
  );

  test("does not start where its execution role may not write its log", async () => {
    const denied = await startTaskCloud({
      identity: {
        ...taskIdentity,
        roleAllowed: (role, action) => !(role === executionRole && action === "logs:PutLogEvents"),
      },
    });
    await denied.register();
    const { taskArn = "" } = await denied.run({});
    const { stopCode, stoppedReason } = await denied.stopped(taskArn);
    await denied.stop();

    expect(stopCode).toBe("TaskFailedToStart");
    expect(stoppedReason).toMatch(
      /^ResourceInitializationError: .*not authorized to perform: logs:PutLogEvents/,
    );
  });

  test.each([
    ["is missing", {}, true],
    ["is missing and the driver shall make it", { "awslogs-create-group": "true" }, false],
  ])("needs the log group of its driver: where it %s", async (_, options, isRefused) => {
    const taskDefinition = await cloud.register({
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": "/nobody/made/it",
          "awslogs-region": "us-east-1",
          "awslogs-stream-prefix": "run",
          ...options,
        },
      },
    });
    const { taskArn = "" } = await cloud.run({ taskDefinition });

    const { stopCode, stoppedReason = "" } = await cloud.stopped(taskArn);
    expect(stopCode).toBe(isRefused ? "TaskFailedToStart" : "EssentialContainerExited");
    expect(/ResourceNotFoundException: The specified log group does not exist/.test(stoppedReason)).toBe(
      isRefused,
    );
  });

  test("logs no line that is empty", async () => {
    const taskDefinition = await cloud.register({
      entryPoint: ["sh", "-c", "printf 'one\\n\\ntwo\\n\\n'"],
    });
    const { taskArn = "" } = await cloud.run({ taskDefinition });
    await cloud.stopped(taskArn);

    expect(cloud.logs("/tasks").get(`run/main/${taskArn.split("/").at(-1)}`)).toEqual(["one", "two"]);
  });

  test("does not start with a command that is nowhere", async () => {
    const taskDefinition = await cloud.register({ entryPoint: ["no-such-command"] });
    const { taskArn = "" } = await cloud.run({ taskDefinition });

    expect(await cloud.stopped(taskArn)).toMatchObject({
      stopCode: "TaskFailedToStart",
      stoppedReason: expect.stringMatching(
        /^CannotStartContainerError: .*"no-such-command": executable file not found/,
      ),
    });
  });
});

onLinux("a container that ends", () => {
  test("takes everything with it that it began, also what has left its process group", async () => {
    const taskDefinition = await cloud.register();
    const { taskArn = "" } = await cloud.run({ taskDefinition, ...behave("leave-behind") });
    await cloud.stopped(taskArn);

    const pid = Number((await cloud.line(taskArn, "main", /^left/)).split(" ")[1]);
    expect(isAlive(pid)).toBe(false);
  });
});
