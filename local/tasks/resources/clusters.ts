import { z } from "zod";
import type { Properties, ResourceProvider, ResourceState } from "../../cloudformation/resource-provider.ts";
import { associateProviders, createCluster, deleteCluster } from "../api/clusters.ts";
import { trusted, type Ecs } from "../ecs.ts";
import { parseInput, tags } from "../model/shapes.ts";
import { camelCase } from "./camel-case.ts";

/**
 * AWS::ECS::Cluster and AWS::ECS::ClusterCapacityProviderAssociations.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ECS.html
 */
export const clusterResources = (ecs: Ecs): ResourceProvider[] => [
  clusterResource(ecs),
  associationsResource(ecs),
];

function clusterResource(ecs: Ecs): ResourceProvider {
  return {
    type: "AWS::ECS::Cluster",
    properties: {
      ClusterName: "replace",
      CapacityProviders: "update",
      ClusterSettings: "update",
      Configuration: "recorded",
      DefaultCapacityProviderStrategy: "update",
      Tags: "update",
    },
    async create(properties, context) {
      const { clusterName: given, clusterSettings, ...rest } = camelCase(properties);
      const clusterName = typeof given === "string" ? given : context.generateName({ maxLength: 255 });
      createCluster(ecs, { ...rest, settings: clusterSettings, clusterName }, trusted);
      return clusterState(ecs, clusterName);
    },
    async update(state, properties) {
      const cluster = ecs.clusters.active(state.physicalId);
      const { clusterSettings, tags: given = [] } = camelCase(properties);
      if (Array.isArray(clusterSettings)) Object.assign(cluster, { settings: clusterSettings });
      cluster.tags = parseInput(tags, given);
      putProviders(ecs, state.physicalId, properties);
      return clusterState(ecs, state.physicalId);
    },
    async delete(state) {
      if (ecs.clusters.find(state.physicalId)?.status === "ACTIVE")
        deleteCluster(ecs, { cluster: state.physicalId }, trusted);
    },
  };
}

function associationsResource(ecs: Ecs): ResourceProvider {
  const associate = async (properties: Properties): Promise<ResourceState> => {
    const cluster = parseInput(z.string(), properties["Cluster"]);
    putProviders(ecs, cluster, properties);
    return { physicalId: cluster, attributes: {} };
  };
  return {
    type: "AWS::ECS::ClusterCapacityProviderAssociations",
    required: ["CapacityProviders", "Cluster", "DefaultCapacityProviderStrategy"],
    properties: {
      CapacityProviders: "update",
      Cluster: "replace",
      DefaultCapacityProviderStrategy: "update",
    },
    create: associate,
    update: async (_state, properties) => associate(properties),
    async delete(state) {
      if (ecs.clusters.find(state.physicalId)?.status === "ACTIVE") putProviders(ecs, state.physicalId, {});
    },
  };
}

function putProviders(ecs: Ecs, cluster: string, properties: Properties): void {
  const { capacityProviders = [], defaultCapacityProviderStrategy = [] } = camelCase(properties);
  associateProviders(ecs, { cluster, capacityProviders, defaultCapacityProviderStrategy });
}

function clusterState(ecs: Ecs, clusterName: string): ResourceState {
  return { physicalId: clusterName, attributes: { Arn: ecs.clusters.arnOf(clusterName) } };
}
