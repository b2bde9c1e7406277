import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  GetTaskProtectionCommand,
  ListServicesCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { openSecondDoor, type SecondDoor } from "#test/local/tasks/support/second-door.ts";
import {
  serviceInput,
  startServiceCloud,
  type ServiceCloud,
} from "#test/local/services/support/service-cloud.ts";

let cloud: ServiceCloud;
let door: SecondDoor;
beforeAll(async () => {
  cloud = await startServiceCloud();
  door = await openSecondDoor(cloud.test);
});
afterAll(async () => {
  await door.close();
  await cloud.stop();
});
beforeEach(() => {
  door.asked.length = 0;
});

const arn = "arn:aws:ecs:us-east-1:000000000000";
const onCluster = { "ecs:cluster": `${arn}:cluster/jobs` };
const named = { cluster: "jobs", service: "worker" };

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
test("IAM is asked for what is done to a service, by its ARN, with the cluster and the task definition", async () => {
  await door.ecs.send(new CreateServiceCommand(serviceInput({ tags: [{ key: "a", value: "b" }] })));
  await door.ecs.send(new UpdateServiceCommand({ ...named, desiredCount: 0 }));
  await door.ecs.send(new DescribeServicesCommand({ cluster: "jobs", services: ["worker"] }));
  await door.ecs.send(new ListServicesCommand({ cluster: "jobs" }));
  await door.ecs.send(new DeleteServiceCommand(named));

  const resource = `${arn}:service/jobs/worker`;
  expect(door.asked).toEqual([
    {
      action: "ecs:CreateService",
      resource,
      conditions: { ...onCluster, "ecs:task-definition": `${arn}:task-definition/worker:1` },
    },
    { action: "ecs:TagResource", resource, conditions: { "ecs:CreateAction": "CreateService" } },
    { action: "ecs:UpdateService", resource, conditions: onCluster },
    { action: "ecs:DescribeServices", resource, conditions: onCluster },
    { action: "ecs:ListServices", resource: "*", conditions: onCluster },
    { action: "ecs:DeleteService", resource, conditions: onCluster },
  ]);
});

test("and for the protection of each task", async () => {
  const tasks = ["0123456789abcdef0123456789abcdef"];
  await door.ecs.send(new UpdateTaskProtectionCommand({ cluster: "jobs", tasks, protectionEnabled: true }));
  const { failures } = await door.ecs.send(new GetTaskProtectionCommand({ cluster: "jobs", tasks }));

  const resource = `${arn}:task/jobs/${tasks[0]}`;
  expect(door.asked).toEqual([
    { action: "ecs:UpdateTaskProtection", resource, conditions: onCluster },
    { action: "ecs:GetTaskProtection", resource, conditions: onCluster },
  ]);
  expect(failures).toEqual([{ arn: resource, reason: "MISSING" }]);
});
