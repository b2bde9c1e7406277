import { isDeepStrictEqual } from "node:util";
import type { EcsOperation } from "../../ecs.ts";
import { checkStrategy, refuseInstances } from "../../launch/placement.ts";
import { parseInput } from "../../model/shapes.ts";
import { serviceDocument } from "../service-document.ts";
import { updateServiceInput } from "../service-input.ts";
import { primaryOf, type LaunchSettings } from "../service-record.ts";
import { checkLaunchSettings } from "./create-service.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
export const updateService: EcsOperation = (ecs, input, authorize) => {
  const request = parseInput(updateServiceInput, input);
  const clusterArn = ecs.clusters.arnOf(request.cluster);
  const wanted =
    request.taskDefinition === undefined ? undefined : ecs.definitions.find(request.taskDefinition);
  authorize("ecs:UpdateService", ecs.services.arnOf(clusterArn, request.service), {
    "ecs:cluster": clusterArn,
    ...(wanted === undefined ? {} : { "ecs:task-definition": wanted.taskDefinitionArn }),
  });
  const cluster = ecs.clusters.active(request.cluster);
  const service = ecs.services.active(clusterArn, request.service);
  const primary = primaryOf(service);
  if (request.capacityProviderStrategy !== undefined)
    refuseInstances(checkStrategy(request.capacityProviderStrategy, cluster));

  const launch = changedLaunch(primary.launch, request);
  const checked = isDeepStrictEqual(launch, primary.launch)
    ? primary.launch
    : checkLaunchSettings(ecs, launch);
  const { desiredCount, deploymentConfiguration, enableECSManagedTags, enableExecuteCommand, propagateTags } =
    request;
  const changes = {
    desiredCount,
    deploymentConfiguration,
    enableECSManagedTags,
    enableExecuteCommand,
    propagateTags,
  };
  Object.assign(
    service,
    Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)),
  );
  if (request.forceNewDeployment || !isDeepStrictEqual(checked, primary.launch))
    ecs.scheduler.deployments.begin(service, checked);
  ecs.services.save(service);
  ecs.scheduler.wake(service);
  return { service: serviceDocument(ecs, service, { tags: true }) };
};

function changedLaunch(
  current: LaunchSettings,
  request: ReturnType<typeof updateServiceInput.parse>,
): LaunchSettings {
  const { taskDefinition, platformVersion, networkConfiguration, capacityProviderStrategy } = request;
  const { launchType, ...rest } = current;
  return {
    // A strategy takes the place of a launch type.
    ...(launchType === undefined || capacityProviderStrategy !== undefined ? {} : { launchType }),
    ...rest,
    ...(taskDefinition === undefined ? {} : { taskDefinition }),
    ...(platformVersion === undefined ? {} : { platformVersion }),
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy }),
  };
}
