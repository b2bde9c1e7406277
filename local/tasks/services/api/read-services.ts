import { z } from "zod";
import { page } from "../../api/page.ts";
import type { EcsOperation } from "../../ecs.ts";
import { invalid, parseInput } from "../../model/shapes.ts";
import { serviceDocument } from "../service-document.ts";
import { primaryOf } from "../service-record.ts";

const describeServicesInput = z.object({
  cluster: z.string().optional(),
  services: z.array(z.string()),
  include: z.array(z.enum(["TAGS"])).default([]),
});

const listServicesInput = z.object({
  cluster: z.string().optional(),
  launchType: z.enum(["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"]).optional(),
  schedulingStrategy: z.enum(["REPLICA", "DAEMON"]).optional(),
  maxResults: z.int().default(10),
  nextToken: z.string().optional(),
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html */
export const describeServices: EcsOperation = (ecs, input, authorize) => {
  const request = parseInput(describeServicesInput, input);
  const clusterArn = ecs.clusters.arnOf(request.cluster);
  for (const name of request.services) {
    authorize("ecs:DescribeServices", ecs.services.arnOf(clusterArn, name), { "ecs:cluster": clusterArn });
  }
  if (request.services.length === 0) throw invalid("Services cannot be empty.");
  if (request.services.length > 10) throw invalid("Services cannot have more than 10 entries.");
  ecs.clusters.active(request.cluster);
  const tags = request.include.includes("TAGS");
  const found = request.services.map((name) => ({
    arn: ecs.services.arnOf(clusterArn, name),
    service: ecs.services.find(clusterArn, name),
  }));
  return {
    services: found.flatMap(({ service }) =>
      service === undefined ? [] : [serviceDocument(ecs, service, { tags })],
    ),
    failures: found.flatMap(({ arn, service }) =>
      service === undefined ? [{ arn, reason: "MISSING" }] : [],
    ),
  };
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServices.html */
export const listServices: EcsOperation = (ecs, input, authorize) => {
  const request = parseInput(listServicesInput, input);
  const clusterArn = ecs.clusters.arnOf(request.cluster);
  authorize("ecs:ListServices", "*", { "ecs:cluster": clusterArn });
  ecs.clusters.active(request.cluster);
  const matching = ecs.services
    .inCluster(clusterArn)
    .filter(({ status }) => status !== "INACTIVE")
    .filter(
      (service) =>
        request.launchType === undefined || primaryOf(service).launch.launchType === request.launchType,
    )
    .filter(() => request.schedulingStrategy !== "DAEMON")
    .map(({ serviceArn }) => serviceArn);
  const { items, nextToken } = page(matching, request);
  return { serviceArns: items, nextToken };
};
