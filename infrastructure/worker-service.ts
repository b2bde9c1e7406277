import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { providerId } from "./instances.ts";
import { type ServiceFront, serviceFront } from "./load-balancer.ts";
import { networkParts, reachOf } from "./network/networks.ts";
import { familyName, logicalName } from "./pipeline-names.ts";
import type { Settings } from "./settings.ts";
import { mountTargetIds } from "./shared-files.ts";
import { attribute, ref, type Resource, type Resources } from "./template.ts";
import { workQueue, workQueueId } from "./work-queue.ts";
import { workerScaling } from "./worker-scaling.ts";

interface PlaceOptions {
  readonly settings: Settings;
  readonly stage: string;
}

/**
 * What a pipeline with a queue as its source has beside its task definition: the queue, the service that takes its messages, and how
 * many tasks that has. Logical ids begin with that of the pipeline, e.g. RenditionsWorkQueue and RenditionsService.
 */
export function workerResources(pipeline: Pipeline, options: PlaceOptions): Resources {
  const { worker, name } = pipeline;
  if (worker === undefined) return {};
  const id = logicalName(name);
  const serviceId = `${id}Service`;
  return {
    ...workQueue(pipeline),
    [serviceId]: service(pipeline, options),
    ...workerScaling({ id, service: serviceId, queue: workQueueId(pipeline) }, worker),
  };
}

/**
 * The desired count is nobody's but the scaling's: a template that names one would set it anew with each deploy. The first deploy
 * so starts one worker, which shows that the image runs; without work it goes again.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html#cfn-ecs-service-desiredcount
 */
function service(pipeline: Pipeline, { settings, stage }: PlaceOptions): Resource {
  const front = serviceFront(pipeline);
  return {
    Type: "AWS::ECS::Service",
    // The capacity has to be the cluster's, and a task that cannot reach the registry or its volume would have the deploy rolled back.
    DependsOn: [
      "ClusterCapacity",
      ...reachOf(pipeline),
      ...mountTargetIds(pipeline, settings),
      ...front.dependsOn,
    ],
    Properties: {
      ...front.properties,
      Cluster: ref("Cluster"),
      // The end of it tells whose service it is, in events and mails.
      ServiceName: familyName(pipeline, stage),
      TaskDefinition: ref(`${logicalName(pipeline.name)}TaskDefinition`),
      CapacityProviderStrategy: capacityStrategy(pipeline),
      ...networkConfiguration(pipeline, settings, front),
      DeploymentConfiguration: {
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        MaximumPercent: 200,
        MinimumHealthyPercent: 100,
      },
      // Moving workers between zones would stop them in the middle of their work, for nothing.
      AvailabilityZoneRebalancing: "DISABLED",
      PropagateTags: "TASK_DEFINITION",
    },
  };
}

/** A task on instances of ours shares the instance's address. */
function networkConfiguration(
  { network, capacity }: Pipeline,
  settings: Settings,
  front: ServiceFront,
): object {
  if (capacity.type === "ec2") return {};
  const { subnets, securityGroup, publicAddress } = networkParts(network, settings);
  return {
    NetworkConfiguration: {
      AwsvpcConfiguration: {
        Subnets: subnets,
        SecurityGroups: [attribute(securityGroup, "GroupId"), ...front.securityGroups],
        AssignPublicIp: publicAddress ? "ENABLED" : "DISABLED",
      },
    },
  };
}

/**
 * A service cannot go from Spot to on demand where Spot has no room. So with spot-first the first worker is on demand, and of those
 * beyond it three of four are Spot.
 */
function capacityStrategy(pipeline: Pipeline): object[] {
  const { type, weights } = pipeline.capacity;
  switch (type) {
    case "on-demand":
      return [{ CapacityProvider: "FARGATE", Weight: 1 }];
    case "ec2":
      return [{ CapacityProvider: ref(providerId(pipeline)), Weight: 1 }];
    case "weighted":
      return [
        { CapacityProvider: "FARGATE", Weight: weights?.onDemand ?? 1 },
        { CapacityProvider: "FARGATE_SPOT", Weight: weights?.spot ?? 1 },
      ];
    case "spot-first":
      return [
        { CapacityProvider: "FARGATE", Base: 1, Weight: 1 },
        { CapacityProvider: "FARGATE_SPOT", Weight: 3 },
      ];
  }
}
