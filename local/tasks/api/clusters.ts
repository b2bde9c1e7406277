import { z } from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import type { Ecs, EcsOperation } from "../ecs.ts";
import { checkStrategy } from "../launch/placement.ts";
import { lastPart } from "../model/arns.ts";
import { checkTags, invalid, parseInput, strategyItem, tags } from "../model/shapes.ts";
import type { Cluster } from "../state/cluster-store.ts";

const clusterSettings = z.array(
  z.object({ name: z.literal("containerInsights"), value: z.enum(["enhanced", "enabled", "disabled"]) }),
);

const createClusterInput = z.looseObject({
  clusterName: z.string().default("default"),
  settings: clusterSettings.default([]),
  configuration: z.unknown().optional(),
  capacityProviders: z.array(z.string()).default([]),
  defaultCapacityProviderStrategy: z.array(strategyItem).default([]),
  tags: tags.default([]),
});

const describeClustersInput = z.object({
  clusters: z.array(z.string()).default(["default"]),
  include: z.array(z.enum(["ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"])).default([]),
});

const putProvidersInput = z.object({
  cluster: z.string(),
  capacityProviders: z.array(z.string()),
  defaultCapacityProviderStrategy: z.array(strategyItem),
});

/** Creates a cluster; one that is there already is answered as it is. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html */
export const createCluster: EcsOperation = (ecs, input, authorize) => {
  const request = parseInput(createClusterInput, input);
  const arn = ecs.clusters.arnOf(request.clusterName);
  authorize("ecs:CreateCluster", arn);
  if (!/^[\w-]{1,255}$/.test(request.clusterName))
    throw invalid("Identifier was an unexpected length or contains invalid characters.");
  if (request["serviceConnectDefaults"] !== undefined) {
    throw new AwsError(
      "UnsupportedFeatureException",
      "The local cloud does not support serviceConnectDefaults of CreateCluster.",
    );
  }
  checkTags(request.tags);
  const existing = ecs.clusters.find(request.clusterName);
  if (existing?.status === "ACTIVE") return { cluster: clusterDocument(ecs, existing) };
  checkProviders(request.capacityProviders);
  checkStrategy(request.defaultCapacityProviderStrategy, request);
  const cluster: Cluster = {
    clusterArn: arn,
    clusterName: request.clusterName,
    status: "ACTIVE",
    settings:
      request.settings.length > 0 ? request.settings : [{ name: "containerInsights", value: "disabled" }],
    ...(request.configuration === undefined ? {} : { configuration: request.configuration }),
    capacityProviders: request.capacityProviders,
    defaultCapacityProviderStrategy: request.defaultCapacityProviderStrategy,
    tags: request.tags,
  };
  ecs.clusters.save(cluster);
  return { cluster: clusterDocument(ecs, cluster) };
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html */
export const describeClusters: EcsOperation = (ecs, input, authorize) => {
  const request = parseInput(describeClustersInput, input);
  for (const name of request.clusters) authorize("ecs:DescribeClusters", ecs.clusters.arnOf(name));
  const found = request.clusters.map((name) => ({
    arn: ecs.clusters.arnOf(name),
    cluster: ecs.clusters.find(name),
  }));
  return {
    clusters: found.flatMap(({ cluster }) => (cluster === undefined ? [] : [clusterDocument(ecs, cluster)])),
    failures: found.flatMap(({ arn, cluster }) =>
      cluster === undefined ? [{ arn, reason: "MISSING" }] : [],
    ),
  };
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListClusters.html */
export const listClusters: EcsOperation = (ecs, _input, authorize) => {
  authorize("ecs:ListClusters", "*");
  return {
    clusterArns: ecs.clusters
      .all()
      .filter(({ status }) => status === "ACTIVE")
      .map(({ clusterArn }) => clusterArn),
  };
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html */
export const putClusterCapacityProviders: EcsOperation = (ecs, input, authorize) => {
  const request = parseInput(putProvidersInput, input);
  authorize("ecs:PutClusterCapacityProviders", ecs.clusters.arnOf(request.cluster));
  checkProviders(request.capacityProviders);
  return { cluster: clusterDocument(ecs, associateProviders(ecs, request)) };
};

/**
 * Gives a cluster its capacity providers: Fargate's, and those on instances that a template has, which are recorded there.
 * @throws AwsError InvalidParameterException, ClusterNotFoundException
 */
export function associateProviders(ecs: Ecs, input: Record<string, unknown>): Cluster {
  const { cluster: reference, ...request } = parseInput(putProvidersInput, input);
  const cluster = ecs.clusters.active(reference);
  checkStrategy(request.defaultCapacityProviderStrategy, request);
  ecs.clusters.save(Object.assign(cluster, request));
  return cluster;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html */
export const deleteCluster: EcsOperation = (ecs, input, authorize) => {
  const { cluster: reference } = parseInput(z.object({ cluster: z.string() }), input);
  authorize("ecs:DeleteCluster", ecs.clusters.arnOf(reference));
  const cluster = ecs.clusters.active(reference);
  if (ecs.services.inCluster(cluster.clusterArn).some(({ status }) => status === "ACTIVE")) {
    throw new AwsError(
      "ClusterContainsServicesException",
      "The Cluster cannot be deleted while Services are active.",
    );
  }
  if (ecs.tasks.inCluster(cluster.clusterArn).some((task) => task.lastStatus !== "STOPPED")) {
    throw new AwsError(
      "ClusterContainsTasksException",
      "The Cluster cannot be deleted while Tasks are active.",
    );
  }
  cluster.status = "INACTIVE";
  ecs.clusters.save(cluster);
  return { cluster: clusterDocument(ecs, cluster) };
};

/** The laptop has Fargate's two; a provider of one's own stands on an Auto Scaling group. */
function checkProviders(names: readonly string[]): void {
  for (const name of names) {
    if (!["FARGATE", "FARGATE_SPOT"].includes(lastPart(name))) {
      throw invalid(
        `The specified capacity provider '${name}' was not found. Specify a valid name or ARN and try again.`,
      );
    }
  }
}

function clusterDocument(ecs: Ecs, cluster: Cluster): Record<string, unknown> {
  const tasks = ecs.tasks.inCluster(cluster.clusterArn);
  const before = ["PROVISIONING", "PENDING", "ACTIVATING"];
  return {
    ...cluster,
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.filter(({ lastStatus }) => lastStatus === "RUNNING").length,
    pendingTasksCount: tasks.filter(({ lastStatus }) => before.includes(lastStatus)).length,
    activeServicesCount: ecs.services
      .inCluster(cluster.clusterArn)
      .filter(({ status }) => status === "ACTIVE").length,
    statistics: [],
  };
}
