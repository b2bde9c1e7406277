import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  GetTaskProtectionCommand,
  ListServicesCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { startGateway, type Gateway } from "#local/gateway/gateway.ts";
import {
  serviceInput,
  startServiceCloud,
  type ServiceCloud,
} from "#test/local/services/support/service-cloud.ts";

const asked: { action: string; resource: string; conditions: unknown }[] = [];
let cloud: ServiceCloud;
let gateway: Gateway;
let ecs: ECSClient;
beforeAll(async () => {
  cloud = await startServiceCloud();
  // The same service behind a second door, at which IAM is asked.
  gateway = await startGateway({
    port: 0,
    defaultRegion: "us-east-1",
    services: [cloud.test.service],
    authority: {
      principalOf: (accessKeyId) => ({ kind: "operator", accessKeyId: accessKeyId ?? "" }),
      authorize: (_principal, action, resource, conditions) =>
        void asked.push({ action, resource, conditions }),
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
});

const arn = "arn:aws:ecs:us-east-1:000000000000";
const onCluster = { "ecs:cluster": `${arn}:cluster/jobs` };
const named = { cluster: "jobs", service: "worker" };

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
test("IAM is asked for what is done to a service, by its ARN, with the cluster and the task definition", async () => {
  await ecs.send(new CreateServiceCommand(serviceInput({ tags: [{ key: "a", value: "b" }] })));
  await ecs.send(new UpdateServiceCommand({ ...named, desiredCount: 0 }));
  await ecs.send(new DescribeServicesCommand({ cluster: "jobs", services: ["worker"] }));
  await ecs.send(new ListServicesCommand({ cluster: "jobs" }));
  await ecs.send(new DeleteServiceCommand(named));

  const resource = `${arn}:service/jobs/worker`;
  expect(asked).toEqual([
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
  await ecs.send(new UpdateTaskProtectionCommand({ cluster: "jobs", tasks, protectionEnabled: true }));
  const { failures } = await ecs.send(new GetTaskProtectionCommand({ cluster: "jobs", tasks }));

  const resource = `${arn}:task/jobs/${tasks[0]}`;
  expect(asked).toEqual([
    { action: "ecs:UpdateTaskProtection", resource, conditions: onCluster },
    { action: "ecs:GetTaskProtection", resource, conditions: onCluster },
  ]);
  expect(failures).toEqual([{ arn: resource, reason: "MISSING" }]);
});
