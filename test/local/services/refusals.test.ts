import {
  DeleteClusterCommand,
  DeleteServiceCommand,
  UpdateServiceCommand,
  type CreateServiceCommandInput,
} from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { startServiceCloud, type ServiceCloud } from "#test/local/services/support/service-cloud.ts";

let cloud: ServiceCloud;
beforeEach(async () => {
  cloud = await startServiceCloud();
});
afterEach(() => cloud.stop());

const named = { cluster: "jobs", service: "worker" };

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
describe("CreateService is refused", () => {
  test.each<[string, Partial<CreateServiceCommandInput>, string, string]>([
    [
      "without a desired count",
      { desiredCount: undefined },
      "InvalidParameterException",
      "Desired count can not be blank.",
    ],
    [
      "for a task definition that is not there",
      { taskDefinition: "nothing" },
      "ClientException",
      "TaskDefinition not found.",
    ],
    [
      "in a cluster that is not there",
      { cluster: "nowhere" },
      "ClusterNotFoundException",
      "Cluster not found.",
    ],
    [
      "without a network",
      { networkConfiguration: undefined },
      "InvalidParameterException",
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ],
    [
      "with a launch type and a strategy",
      { launchType: "FARGATE", capacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }] },
      "InvalidParameterException",
      "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    ],
    [
      "with another deployment controller than ECS",
      { deploymentController: { type: "CODE_DEPLOY" } },
      "UnsupportedFeatureException",
      "The local cloud does not support the deployment controller CODE_DEPLOY of a service.",
    ],
  ])("%s", async (_, input, name, message) => {
    await expect(cloud.create(input)).rejects.toMatchObject({ name, message });
  });

  test("under the name of an active service", async () => {
    await cloud.create();

    await expect(cloud.create()).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "Creation of service was not idempotent.",
    });
  });
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html */
describe("a service that still should run", () => {
  test("is deleted by force only, and keeps its cluster from being deleted", async () => {
    await cloud.create();
    await cloud.running(1);

    await expect(cloud.ecs.send(new DeleteServiceCommand(named))).rejects.toMatchObject({
      message: "The service cannot be stopped while it is scaled above 0.",
    });
    await expect(cloud.ecs.send(new DeleteClusterCommand({ cluster: "jobs" }))).rejects.toMatchObject({
      name: "ClusterContainsServicesException",
    });
    const { service } = await cloud.ecs.send(new DeleteServiceCommand({ ...named, force: true }));
    expect(service).toMatchObject({ status: "DRAINING", desiredCount: 0 });
  });
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
describe("UpdateService", () => {
  test("does not find what is not there, nor take what is no more", async () => {
    await expect(cloud.ecs.send(new UpdateServiceCommand(named))).rejects.toMatchObject({
      name: "ServiceNotFoundException",
    });
    await cloud.create({ desiredCount: 0 });
    await cloud.ecs.send(new DeleteServiceCommand(named));
    await cloud.serviceIs(({ status }) => status === "INACTIVE", "end");

    await expect(cloud.ecs.send(new UpdateServiceCommand(named))).rejects.toMatchObject({
      name: "ServiceNotActiveException",
    });
    expect(await cloud.create({ desiredCount: 0 })).toMatchObject({ status: "ACTIVE" });
  });
});
