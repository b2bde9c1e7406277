import type { z } from "zod";
import type { Ecs, EcsOperation } from "../../ecs.ts";
import { checkStrategy, refuseInstances } from "../../launch/placement.ts";
import { clientError, invalid, parseInput, checkTags } from "../../model/shapes.ts";
import { newDeployment } from "../deployments.ts";
import { serviceDocument } from "../service-document.ts";
import { checkService, createServiceInput, recordedOf } from "../service-input.ts";
import type { LaunchSettings, ServiceRecord } from "../service-record.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
export const createService: EcsOperation = (ecs, input, authorize) => {
  const request = parseInput(createServiceInput, input);
  const clusterArn = ecs.clusters.arnOf(request.cluster);
  const serviceArn = ecs.services.arnOf(clusterArn, request.serviceName);
  const definition =
    request.taskDefinition === undefined ? undefined : ecs.definitions.find(request.taskDefinition);
  authorize("ecs:CreateService", serviceArn, {
    "ecs:cluster": clusterArn,
    ...(definition === undefined ? {} : { "ecs:task-definition": definition.taskDefinitionArn }),
  });
  if (request.tags.length > 0)
    authorize("ecs:TagResource", serviceArn, { "ecs:CreateAction": "CreateService" });
  checkService(request);
  checkTags(request.tags);
  const existing = ecs.services.find(clusterArn, request.serviceName);
  if (existing?.status === "ACTIVE") throw invalid("Creation of service was not idempotent.");
  if (existing?.status === "DRAINING") throw invalid("Unable to Start a service that is still Draining.");
  if (request.desiredCount === undefined) throw invalid("Desired count can not be blank.");

  const now = ecs.context.clock.now();
  const deployment = newDeployment(firstLaunch(ecs, request), now);
  const service: ServiceRecord = {
    serviceArn,
    serviceName: request.serviceName,
    clusterArn,
    createdAt: now,
    status: "ACTIVE",
    desiredCount: request.desiredCount,
    deploymentConfiguration: request.deploymentConfiguration,
    enableECSManagedTags: request.enableECSManagedTags,
    enableExecuteCommand: request.enableExecuteCommand,
    propagateTags: request.propagateTags,
    tags: request.tags,
    deployments: [deployment],
    events: [],
    recorded: recordedOf(input),
  };
  ecs.services.save(service);
  ecs.scheduler.deployments.announce(service, deployment);
  ecs.scheduler.wake(service);
  return { service: serviceDocument(ecs, service, { tags: true }) };
};

/** @throws AwsError as RunTask does for what no task could ever be launched with */
function firstLaunch(ecs: Ecs, request: z.output<typeof createServiceInput>): LaunchSettings {
  const cluster = ecs.clusters.active(request.cluster);
  const { launchType, capacityProviderStrategy, networkConfiguration, platformVersion } = request;
  const strategy =
    launchType === undefined
      ? (capacityProviderStrategy ?? cluster.defaultCapacityProviderStrategy)
      : undefined;
  if (strategy !== undefined) refuseInstances(checkStrategy(strategy, cluster));
  if (launchType !== "FARGATE" && (strategy === undefined || strategy.length === 0))
    throw invalid("No Container Instances were found in your cluster.");
  return checkLaunchSettings(ecs, {
    taskDefinition: request.taskDefinition ?? "",
    ...(launchType === "FARGATE" ? { launchType } : {}),
    ...(strategy === undefined ? {} : { capacityProviderStrategy: strategy }),
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    platformVersion,
  });
}

/** The settings with the task definition's whole ARN. @throws AwsError ClientException, InvalidParameterException */
export function checkLaunchSettings(ecs: Ecs, launch: LaunchSettings): LaunchSettings {
  const definition = ecs.definitions.find(launch.taskDefinition);
  if (definition === undefined) throw clientError("TaskDefinition not found.");
  if (definition.status !== "ACTIVE") throw invalid("TaskDefinition is inactive");
  if (launch.networkConfiguration?.awsvpcConfiguration === undefined) {
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  return { ...launch, taskDefinition: definition.taskDefinitionArn };
}
