import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { AwsError } from "#local/gateway/aws-error.ts";
import { startGateway, type Gateway } from "#local/gateway/gateway.ts";
import {
  behave,
  definition,
  executionRole,
  runInput,
  startTaskCloud,
  taskRole,
  type TaskCloud,
} from "#test/local/tasks/support/task-cloud.ts";

interface Question {
  readonly action: string;
  readonly resource: string;
  readonly conditions: unknown;
}

const cluster = { "ecs:cluster": "arn:aws:ecs:us-east-1:000000000000:cluster/jobs" };
const passed = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
const definitionArn = "arn:aws:ecs:us-east-1:000000000000:task-definition/worker";

const asked: Question[] = [];
const refused = new Set<string>();
let cloud: TaskCloud;
let gateway: Gateway;
let ecs: ECSClient;
beforeAll(async () => {
  cloud = await startTaskCloud();
  await cloud.register();
  // The same service behind a second door, at which IAM is asked.
  gateway = await startGateway({
    port: 0,
    defaultRegion: "us-east-1",
    services: [cloud.test.service],
    authority: {
      principalOf: (accessKeyId) => ({ kind: "operator", accessKeyId: accessKeyId ?? "" }),
      authorize(_principal, action, resource, conditions) {
        asked.push({ action, resource, conditions });
        if (refused.has(action))
          throw new AwsError("AccessDenied", `not authorized to perform: ${action}`, 403);
      },
      decide: () => "allowed",
    },
    report: () => undefined,
  });
  ecs = new ECSClient({ ...cloud.test.client, endpoint: gateway.endpoint, maxAttempts: 1 });
});
afterAll(async () => {
  await gateway.close();
  await cloud.stop();
});
beforeEach(() => {
  asked.length = 0;
  refused.clear();
});

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
describe("IAM is asked", () => {
  test("for RunTask on the revision, and for passing both roles to ECS", async () => {
    await ecs.send(new RunTaskCommand(runInput({ tags: [{ key: "a", value: "b" }] })));

    expect(asked).toEqual([
      { action: "ecs:RunTask", resource: `${definitionArn}:1`, conditions: cluster },
      { action: "iam:PassRole", resource: executionRole, conditions: passed },
      { action: "iam:PassRole", resource: taskRole, conditions: passed },
      {
        action: "ecs:TagResource",
        resource: "arn:aws:ecs:us-east-1:000000000000:task/jobs/*",
        conditions: { "ecs:CreateAction": "RunTask" },
      },
    ]);
  });

  test("for the roles that a run brings instead", async () => {
    const other = "arn:aws:iam::000000000000:role/other";
    await ecs.send(new RunTaskCommand(runInput({ overrides: { taskRoleArn: other } })));

    expect(asked.filter(({ action }) => action === "iam:PassRole").map(({ resource }) => resource)).toEqual([
      executionRole,
      other,
    ]);
  });

  test("for tasks by their ARN and for lists by the cluster", async () => {
    const { taskArn = "" } = await cloud.run(behave("wait"));
    await ecs.send(new DescribeTasksCommand({ cluster: "jobs", tasks: [taskArn] }));
    await ecs.send(new ListTasksCommand({ cluster: "jobs" }));
    await ecs.send(new StopTaskCommand({ cluster: "jobs", task: taskArn.split("/").at(-1) }));

    expect(asked).toEqual([
      { action: "ecs:DescribeTasks", resource: taskArn, conditions: cluster },
      {
        action: "ecs:ListTasks",
        resource: "arn:aws:ecs:us-east-1:000000000000:container-instance/jobs/*",
        conditions: cluster,
      },
      { action: "ecs:StopTask", resource: taskArn, conditions: cluster },
    ]);
  });

  test("for what a deploy does", async () => {
    await ecs.send(new CreateClusterCommand({ clusterName: "jobs" }));
    await ecs.send(new RegisterTaskDefinitionCommand(definition()));

    expect(asked.map(({ action, resource }) => `${action} ${resource}`)).toEqual([
      `ecs:CreateCluster ${cluster["ecs:cluster"]}`,
      `ecs:RegisterTaskDefinition ${definitionArn}:*`,
      `iam:PassRole ${executionRole}`,
      `iam:PassRole ${taskRole}`,
    ]);
  });

  test.each(["ecs:RunTask", "iam:PassRole"])(
    "and without %s RunTask is AccessDeniedException and launches nothing",
    async (action) => {
      refused.add(action);
      const before = cloud.details().length;

      await expect(ecs.send(new RunTaskCommand(runInput()))).rejects.toMatchObject({
        name: "AccessDeniedException",
        message: `not authorized to perform: ${action}`,
        $metadata: { httpStatusCode: 400 },
      });
      expect(
        cloud
          .details()
          .slice(before)
          .filter(({ version }) => version === 1),
      ).toEqual([]);
    },
  );
});
