import { setTimeout as pause } from "node:timers/promises";
import type { Properties, ResourceProvider, ResourceState } from "../../cloudformation/resource-provider.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import { trusted, type Ecs } from "../ecs.ts";
import { parseInput, tags } from "../model/shapes.ts";
import { camelCase } from "../resources/camel-case.ts";
import { createService } from "./api/create-service.ts";
import { deleteService } from "./api/delete-service.ts";
import { updateService } from "./api/update-service.ts";
import { primaryOf, type ServiceRecord } from "./service-record.ts";

/** CloudFormation gives a service this long to become steady. */
const patienceMs = 3 * 3_600_000;
const lookMs = 50;

/**
 * AWS::ECS::Service: a create or an update is over when its deployment is, and has failed when the circuit breaker struck.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html
 */
export function serviceResource(ecs: Ecs): ResourceProvider {
  const find = (arn: string): ServiceRecord | undefined => ecs.services.find(clusterArnOf(ecs, arn), arn);
  return {
    type: "AWS::ECS::Service",
    properties: {
      AvailabilityZoneRebalancing: "recorded",
      CapacityProviderStrategy: "update",
      Cluster: "replace",
      DeploymentConfiguration: "update",
      DeploymentController: "replace",
      DesiredCount: "update",
      EnableECSManagedTags: "update",
      EnableExecuteCommand: "update",
      ForceNewDeployment: "update",
      HealthCheckGracePeriodSeconds: "recorded",
      LaunchType: "replace",
      LoadBalancers: "recorded",
      NetworkConfiguration: "update",
      PlacementConstraints: "recorded",
      PlacementStrategies: "recorded",
      PlatformVersion: "update",
      PropagateTags: "update",
      Role: "recorded",
      SchedulingStrategy: "replace",
      ServiceName: "replace",
      ServiceRegistries: "recorded",
      Tags: "update",
      TaskDefinition: "update",
    },
    async create(properties, context) {
      const { serviceName = context.generateName({ maxLength: 255 }), ...input } = serviceInput(properties);
      const cluster = typeof input["cluster"] === "string" ? input["cluster"] : undefined;
      const arn = ecs.services.arnOf(ecs.clusters.arnOf(cluster), String(serviceName));
      // After a crash in the middle it is there already.
      if (find(arn)?.status !== "ACTIVE")
        createService(ecs, { desiredCount: 1, ...input, serviceName }, trusted);
      return settled(ecs, arn, find);
    },
    async update({ physicalId }, properties, previous) {
      const { tags: given = [], ...input } = serviceInput(properties);
      const service = ecs.services.active(clusterArnOf(ecs, physicalId), physicalId);
      service.tags = parseInput(tags, given);
      const forced =
        JSON.stringify(properties["ForceNewDeployment"]) !== JSON.stringify(previous["ForceNewDeployment"]);
      const change = { ...input, service: service.serviceName, cluster: service.clusterArn };
      updateService(ecs, { ...change, forceNewDeployment: forced }, trusted);
      return settled(ecs, physicalId, find);
    },
    async delete({ physicalId }) {
      const service = find(physicalId);
      if (service === undefined) return;
      if (service.status === "ACTIVE") {
        const { serviceName, clusterArn } = service;
        deleteService(ecs, { service: serviceName, cluster: clusterArn, force: true }, trusted);
      }
      await until(ecs, () => (find(physicalId)?.status ?? "INACTIVE") === "INACTIVE");
    },
  };
}

/** Ref is the ARN. */
async function settled(
  ecs: Ecs,
  arn: string,
  find: (arn: string) => ServiceRecord | undefined,
): Promise<ResourceState> {
  const service = find(arn);
  if (service === undefined) throw new AwsError("NotFound", `Service ${arn} was not found.`);
  const awaited = primaryOf(service);
  await until(ecs, () => {
    if (service.status !== "ACTIVE") throw failure("Service was deleted.");
    const primary = primaryOf(service);
    if (primary.rolloutState === "FAILED" || primary.createdAt < awaited.createdAt)
      throw failure("Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.");
    return primary.rolloutState === "COMPLETED" && service.steadySince !== undefined;
  });
  return { physicalId: arn, attributes: { ServiceArn: arn, Name: service.serviceName } };
}

const failure = (message: string): AwsError => new AwsError("GeneralServiceException", message);

/** @throws AwsError NotStabilized; where the cloud ends meanwhile, the stack engine records the operation as cut off */
async function until(ecs: Ecs, done: () => boolean): Promise<void> {
  const { clock } = ecs.context;
  const end = clock.now() + patienceMs;
  while (!done()) {
    if (ecs.scheduler.halted) throw new AwsError("ServiceUnavailable", "The local cloud ended.");
    if (clock.now() > end) throw new AwsError("NotStabilized", "Exceeded attempts to wait for the service.");
    await pause(lookMs);
  }
}

function serviceInput(properties: Properties): Record<string, unknown> {
  const {
    ForceNewDeployment: _forced,
    Role: roleArn,
    PlacementStrategies: placementStrategy,
    ...rest
  } = properties;
  return {
    ...camelCase(rest),
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(placementStrategy === undefined ? {} : camelCase({ PlacementStrategy: placementStrategy })),
  };
}

/** arn:…:service/CLUSTER/NAME */
function clusterArnOf(ecs: Ecs, serviceArn: string): string {
  return ecs.clusters.arnOf(serviceArn.slice(0, serviceArn.lastIndexOf("/")));
}
