import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { openSecondDoor, type SecondDoor } from "#test/local/tasks/support/second-door.ts";
import {
  behave,
  definition,
  executionRole,
  runInput,
  startTaskCloud,
  taskRole,
  type TaskCloud,
} from "#test/local/tasks/support/task-cloud.ts";

const cluster = { "ecs:cluster": "arn:aws:ecs:us-east-1:000000000000:cluster/jobs" };
const passed = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
const definitionArn = "arn:aws:ecs:us-east-1:000000000000:task-definition/worker";

let cloud: TaskCloud;
let door: SecondDoor;
beforeAll(async () => {
  cloud = await startTaskCloud();
  await cloud.register();
  door = await openSecondDoor(cloud.test);
});
afterAll(async () => {
  await door.close();
  await cloud.stop();
});
beforeEach(() => {
  door.asked.length = 0;
  door.refused.clear();
});

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
describe("IAM is asked", () => {
  test("for RunTask on the revision, and for passing both roles to ECS", async () => {
    await door.ecs.send(new RunTaskCommand(runInput({ tags: [{ key: "a", value: "b" }] })));

    expect(door.asked).toEqual([
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
    await door.ecs.send(new RunTaskCommand(runInput({ overrides: { taskRoleArn: other } })));

    expect(
      door.asked.filter(({ action }) => action === "iam:PassRole").map(({ resource }) => resource),
    ).toEqual([executionRole, other]);
  });

  test("for tasks by their ARN and for lists by the cluster", async () => {
    const { taskArn = "" } = await cloud.run(behave("wait"));
    await door.ecs.send(new DescribeTasksCommand({ cluster: "jobs", tasks: [taskArn] }));
    await door.ecs.send(new ListTasksCommand({ cluster: "jobs" }));
    await door.ecs.send(new StopTaskCommand({ cluster: "jobs", task: taskArn.split("/").at(-1) }));

    expect(door.asked).toEqual([
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
    await door.ecs.send(new CreateClusterCommand({ clusterName: "jobs" }));
    await door.ecs.send(new RegisterTaskDefinitionCommand(definition()));

    expect(door.asked.map(({ action, resource }) => `${action} ${resource}`)).toEqual([
      `ecs:CreateCluster ${cluster["ecs:cluster"]}`,
      `ecs:RegisterTaskDefinition ${definitionArn}:*`,
      `iam:PassRole ${executionRole}`,
      `iam:PassRole ${taskRole}`,
    ]);
  });

  test.each(["ecs:RunTask", "iam:PassRole"])(
    "and without %s RunTask is AccessDeniedException and launches nothing",
    async (action) => {
      door.refused.add(action);
      const before = cloud.details().length;

      await expect(door.ecs.send(new RunTaskCommand(runInput()))).rejects.toMatchObject({
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
