import {
  createCluster,
  deleteCluster,
  describeClusters,
  listClusters,
  putClusterCapacityProviders,
} from "./api/clusters.ts";
import { describeTasks } from "./api/describe-tasks.ts";
import { listTasks } from "./api/list-tasks.ts";
import { runTaskOperation } from "./api/run-task.ts";
import { stopTask } from "./api/stop-task.ts";
import { listTagsForResource, tagResource, untagResource } from "./api/tags.ts";
import {
  deregisterTaskDefinition,
  describeTaskDefinition,
  listTaskDefinitions,
  registerTaskDefinition,
} from "./api/task-definitions.ts";
import type { EcsOperation } from "./ecs.ts";
import { createService } from "./services/api/create-service.ts";
import { deleteService } from "./services/api/delete-service.ts";
import { getTaskProtection, updateTaskProtection } from "./services/api/protect-tasks.ts";
import { describeServices, listServices } from "./services/api/read-services.ts";
import { updateService } from "./services/api/update-service.ts";
import type { Bucket } from "./throttle.ts";

/** Rules and schedules that launch tasks share these with everybody. */
export const runTaskBuckets: readonly Bucket[] = ["runTask", "clusterResourceModify"];

/** The operations that the local cloud has, with the rates that they count against. */
export const operations: Readonly<
  Record<string, { readonly run: EcsOperation; readonly buckets: readonly Bucket[] }>
> = {
  CreateCluster: { run: createCluster, buckets: ["clusterModify"] },
  DescribeClusters: { run: describeClusters, buckets: ["clusterRead"] },
  ListClusters: { run: listClusters, buckets: ["clusterRead"] },
  PutClusterCapacityProviders: { run: putClusterCapacityProviders, buckets: ["clusterModify"] },
  DeleteCluster: { run: deleteCluster, buckets: ["clusterModify"] },
  RegisterTaskDefinition: { run: registerTaskDefinition, buckets: ["taskDefinitionModify"] },
  DescribeTaskDefinition: { run: describeTaskDefinition, buckets: ["taskDefinitionRead"] },
  ListTaskDefinitions: { run: listTaskDefinitions, buckets: ["taskDefinitionRead"] },
  DeregisterTaskDefinition: { run: deregisterTaskDefinition, buckets: ["taskDefinitionModify"] },
  RunTask: { run: runTaskOperation, buckets: runTaskBuckets },
  StopTask: { run: stopTask, buckets: ["clusterResourceModify"] },
  DescribeTasks: { run: describeTasks, buckets: ["clusterResourceRead"] },
  ListTasks: { run: listTasks, buckets: ["clusterResourceRead"] },
  CreateService: { run: createService, buckets: ["serviceModify"] },
  UpdateService: { run: updateService, buckets: ["serviceModify"] },
  DeleteService: { run: deleteService, buckets: ["serviceModify"] },
  DescribeServices: { run: describeServices, buckets: ["serviceRead"] },
  ListServices: { run: listServices, buckets: ["serviceRead"] },
  UpdateTaskProtection: { run: updateTaskProtection, buckets: ["taskProtection"] },
  GetTaskProtection: { run: getTaskProtection, buckets: ["taskProtection"] },
  TagResource: { run: tagResource, buckets: ["tags"] },
  UntagResource: { run: untagResource, buckets: ["tags"] },
  ListTagsForResource: { run: listTagsForResource, buckets: ["tags"] },
};
