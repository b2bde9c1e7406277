import { z } from "zod";
import type { Ecs, EcsOperation } from "../ecs.ts";
import { checkTags, invalid, parseInput, tags, type Tag } from "../model/shapes.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TagResource.html */
export const tagResource: EcsOperation = (ecs, input, authorize) => {
  const request = parseInput(z.object({ resourceArn: z.string(), tags }), input);
  authorize("ecs:TagResource", request.resourceArn);
  const resource = taggable(ecs, request.resourceArn);
  const byKey = new Map([...resource.get(), ...request.tags].map((tag) => [tag.key, tag]));
  const all = [...byKey.values()];
  checkTags(all);
  resource.set(all);
  return {};
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UntagResource.html */
export const untagResource: EcsOperation = (ecs, input, authorize) => {
  const request = parseInput(z.object({ resourceArn: z.string(), tagKeys: z.array(z.string()) }), input);
  authorize("ecs:UntagResource", request.resourceArn);
  const resource = taggable(ecs, request.resourceArn);
  resource.set(resource.get().filter(({ key }) => !request.tagKeys.includes(key)));
  return {};
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTagsForResource.html */
export const listTagsForResource: EcsOperation = (ecs, input, authorize) => {
  const { resourceArn } = parseInput(z.object({ resourceArn: z.string() }), input);
  authorize("ecs:ListTagsForResource", resourceArn);
  return { tags: taggable(ecs, resourceArn).get() };
};

interface Taggable {
  get(): readonly Tag[];
  set(tags: readonly Tag[]): void;
}

/** @throws AwsError InvalidParameterException */
function taggable(ecs: Ecs, arn: string): Taggable {
  const [kind, clusterName = ""] = arn.split(":").slice(5).join(":").split("/");
  if (kind === "cluster") {
    const cluster = ecs.clusters.active(arn);
    return {
      get: () => cluster.tags,
      set: (given) => ecs.clusters.save(Object.assign(cluster, { tags: given })),
    };
  }
  const task = kind === "task" ? ecs.tasks.find(ecs.clusters.arnOf(clusterName), arn) : undefined;
  if (task !== undefined) {
    return { get: () => task.tags, set: (given) => ecs.changes.save(Object.assign(task, { tags: given })) };
  }
  const service = kind === "service" ? ecs.services.find(ecs.clusters.arnOf(clusterName), arn) : undefined;
  if (service !== undefined) {
    return {
      get: () => service.tags,
      set: (given) => ecs.services.save(Object.assign(service, { tags: given })),
    };
  }
  if (kind === "task-definition" && ecs.definitions.find(arn) !== undefined) {
    return { get: () => ecs.definitions.tags(arn), set: (given) => ecs.definitions.setTags(arn, given) };
  }
  throw invalid("The specified resource was not found.");
}
