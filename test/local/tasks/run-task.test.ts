import { ListTasksCommand, RunTaskCommand, type RunTaskCommandInput } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  behave,
  eventually,
  runInput,
  startTaskCloud,
  type TaskCloud,
} from "#test/local/tasks/support/task-cloud.ts";

let cloud: TaskCloud;
beforeAll(async () => {
  cloud = await startTaskCloud();
  await cloud.register();
  // Nothing is to run for long in these tests, and none is about rates or the quota.
  await cloud.control("settings", { throttling: false, quotaVcpu: { onDemand: 100, spot: 100 } });
});
afterAll(() => cloud.stop());

const send = (input: Partial<RunTaskCommandInput>) => cloud.ecs.send(new RunTaskCommand(runInput(input)));

/** Overrides of exactly this many characters as JSON. */
const overridesOf = (characters: number): RunTaskCommandInput["overrides"] => {
  const of = (value: string) => ({
    containerOverrides: [{ name: "main", environment: [{ name: "A", value }] }],
  });
  return of("x".repeat(characters - JSON.stringify(of("")).length));
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
describe("RunTask takes", () => {
  test.each<[string, Partial<RunTaskCommandInput>]>([
    ["10 tasks", { count: 10 }],
    ["overrides of 8,192 characters", { overrides: overridesOf(8192) ?? {} }],
    ["startedBy of 128 characters", { startedBy: `a-1/_${"x".repeat(123)}` }],
    ["a token of 64 characters", { clientToken: "!~".repeat(32) }],
    ["another size that Fargate has", { overrides: { cpu: "512", memory: "4096" } }],
    [
      "16 subnets",
      { networkConfiguration: { awsvpcConfiguration: { subnets: Array<string>(16).fill("subnet-1") } } },
    ],
  ])("%s", async (_, input) => {
    const { tasks, failures } = await send(input);

    expect(failures).toEqual([]);
    expect(tasks).toHaveLength(input.count ?? 1);
  });
});

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html
 */
describe("RunTask refuses", () => {
  test.each<[string, Partial<RunTaskCommandInput>, string, string | RegExp]>([
    ["11 tasks", { count: 11 }, "InvalidParameterException", /count/],
    ["no tasks", { count: 0 }, "InvalidParameterException", /count/],
    [
      "overrides of 8,193 characters",
      { overrides: overridesOf(8193) ?? {} },
      "InvalidParameterException",
      "Container Overrides length must be at most 8192",
    ],
    [
      "startedBy of 129 characters",
      { startedBy: "x".repeat(129) },
      "InvalidParameterException",
      "startedBy longer than 128.",
    ],
    ["startedBy with a colon", { startedBy: "run:42" }, "InvalidParameterException", /startedBy/],
    ["a token of 65 characters", { clientToken: "x".repeat(65) }, "InvalidParameterException", /token/],
    ["a token with a blank", { clientToken: "a b" }, "InvalidParameterException", /token/],
    [
      "a launch type beside a strategy",
      { launchType: "FARGATE", capacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }] },
      "InvalidParameterException",
      "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    ],
    [
      "Fargate without a network configuration",
      { networkConfiguration: {} },
      "InvalidParameterException",
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ],
    [
      "17 subnets",
      { networkConfiguration: { awsvpcConfiguration: { subnets: Array<string>(17).fill("s") } } },
      "InvalidParameterException",
      /subnets/,
    ],
    [
      "a size that Fargate has not",
      { overrides: { cpu: "256", memory: "4096" } },
      "ClientException",
      "No Fargate configuration exists for given values: 256 CPU, 4096 memory. See the Amazon ECS documentation for the valid values.",
    ],
    [
      "an unknown task definition",
      { taskDefinition: "nobody" },
      "ClientException",
      "TaskDefinition not found.",
    ],
    ["an unknown cluster", { cluster: "nowhere" }, "ClusterNotFoundException", "Cluster not found."],
    [
      "an override for a container that is not there",
      { overrides: { containerOverrides: [{ name: "other" }] } },
      "InvalidParameterException",
      "Override for container named other is not a container in the TaskDefinition.",
    ],
    ["tags of AWS", { tags: [{ key: "aws:mine", value: "" }] }, "InvalidParameterException", /aws:/],
    [
      "an unknown platform",
      { platformVersion: "9.9.9" },
      "PlatformUnknownException",
      "The specified platform does not exist.",
    ],
    [
      "a role that does not trust ECS",
      { overrides: { taskRoleArn: "arn:aws:iam::000000000000:role/untrusted" } },
      "ClientException",
      /^ECS was unable to assume the role 'arn:aws:iam::000000000000:role\/untrusted'/,
    ],
    [
      "a role that does not exist",
      { overrides: { taskRoleArn: "arn:aws:iam::000000000000:role/missing" } },
      "ClientException",
      "Role is not valid",
    ],
    [
      "a provider that the cluster has not",
      { capacityProviderStrategy: [{ capacityProvider: "mine", weight: 1 }] },
      "InvalidParameterException",
      /'mine' is not associated/,
    ],
    [
      "a strategy of no weight",
      { capacityProviderStrategy: [{ capacityProvider: "FARGATE" }] },
      "ClientException",
      /weight/,
    ],
  ])("%s", async (_, input, name, message) => {
    await expect(send(input)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  });
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html */
describe("a capacity provider strategy", () => {
  test("gives the base first and shares the rest by weight", async () => {
    const { tasks = [] } = await send({
      count: 8,
      capacityProviderStrategy: [
        { capacityProvider: "FARGATE", base: 2, weight: 1 },
        { capacityProvider: "FARGATE_SPOT", weight: 2 },
      ],
    });
    const providers = tasks.map(({ capacityProviderName }) => capacityProviderName);

    expect(providers.filter((name) => name === "FARGATE")).toHaveLength(4);
    expect(providers.filter((name) => name === "FARGATE_SPOT")).toHaveLength(4);
    expect(tasks[0]).toMatchObject({ launchType: "FARGATE", capacityProviderName: "FARGATE" });
  });
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html */
describe("ListTasks", () => {
  test("knows no tasks of a service that is not there", async () => {
    const command = new ListTasksCommand({ cluster: "jobs", serviceName: "nobody" });

    await expect(cloud.ecs.send(command)).rejects.toMatchObject({ name: "ServiceNotFoundException" });
  });

  test("finds the tasks of a starter, running ones unless it is asked for stopped ones", async () => {
    const list = async (startedBy: string, desiredStatus?: "STOPPED") =>
      (
        await cloud.ecs.send(
          new ListTasksCommand({ cluster: "jobs", startedBy, ...(desiredStatus ? { desiredStatus } : {}) }),
        )
      ).taskArns;
    const { taskArn = "" } = await cloud.run({ startedBy: "list-1", ...behave("wait") });
    await cloud.run({ startedBy: "list-2" });

    expect(await list("list-1")).toEqual([taskArn]);
    await cloud.event(taskArn, ({ lastStatus }) => lastStatus === "RUNNING");
    await cloud.control("kill", { taskArn });
    await cloud.stopped(taskArn);
    expect(await list("list-1")).toEqual([]);
    expect(await list("list-1", "STOPPED")).toEqual([taskArn]);
  });

  test("takes no other filter beside startedBy", async () => {
    const command = new ListTasksCommand({ cluster: "jobs", startedBy: "list-1", family: "worker" });

    await expect(cloud.ecs.send(command)).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  test("gives pages that together are the whole", async () => {
    const list = (page: { maxResults?: number; nextToken?: string | undefined }) =>
      // Of one starter, for the tasks of the tests above may still be stopping.
      cloud.ecs.send(new ListTasksCommand({ cluster: "jobs", startedBy: "pages", ...page }));
    for (let task = 0; task < 3; task += 1) {
      await cloud.run({ startedBy: "pages", ...behave("wait") });
    }
    const first = await list({ maxResults: 1 });
    const rest = await list({ nextToken: first.nextToken });
    const whole = await list({});

    expect(first.taskArns).toHaveLength(1);
    expect(whole.taskArns).toHaveLength(3);
    expect([...(first.taskArns ?? []), ...(rest.taskArns ?? [])]).toEqual(whole.taskArns);
  });
});

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EcsParameters.html */
describe("a task that a rule starts", () => {
  test("runs like any other", async () => {
    await cloud.test.service.runTask({ ...runInput({ startedBy: "events-rule/hourly" }) });
    const { taskArn } = await eventually(
      () => cloud.details().find(({ startedBy }) => startedBy === "events-rule/hourly"),
      "task of the rule",
      () => cloud.details().length,
    );

    expect(await cloud.stopped(taskArn)).toMatchObject({ containers: [{ exitCode: 0 }] });
  });

  test("is an error to the rule where RunTask is one", async () => {
    await expect(
      cloud.test.service.runTask({ ...runInput({ taskDefinition: "nobody" }) }),
    ).rejects.toMatchObject({
      code: "ClientException",
    });
  });
});
