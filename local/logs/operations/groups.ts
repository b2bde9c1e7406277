import { z } from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import type { JsonOperation } from "../../gateway/json-protocol.ts";
import type { LogGroup, LogStore } from "../log-store.ts";
import { checked, groupName, limit, nameInArn, tags } from "../validation.ts";
import { onePage } from "./paging.ts";

const create = z.object({
  logGroupName: groupName,
  kmsKeyId: z.string().max(256).optional(),
  tags: tags.optional(),
  logGroupClass: z.enum(["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"]).optional(),
});
const named = z.object({ logGroupName: groupName });
const describe = z.object({
  logGroupNamePrefix: groupName.optional(),
  logGroupNamePattern: z.string().max(512).optional(),
  nextToken: z.string().optional(),
  limit: limit(50),
});
const retain = z.object({ logGroupName: groupName, retentionInDays: z.number().int() });
const ofResource = z.object({ resourceArn: z.string().min(1).max(1011) });

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = new Set([
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]);

export function groupOperations(store: LogStore): Readonly<Record<string, JsonOperation>> {
  return {
    async CreateLogGroup(body, request) {
      const input = checked(create, body);
      request.authorize("logs:CreateLogGroup", store.arn(input.logGroupName));
      store.createGroup(input.logGroupName, input);
      return undefined;
    },
    async DeleteLogGroup(body, request) {
      const { logGroupName } = checked(named, body);
      request.authorize("logs:DeleteLogGroup", store.arn(logGroupName));
      store.deleteGroup(logGroupName);
      return undefined;
    },
    async DescribeLogGroups(body, request) {
      const input = checked(describe, body);
      request.authorize("logs:DescribeLogGroups", store.arn("*"));
      const wanted = store
        .groups()
        .filter(({ settings: { name } }) => name.startsWith(input.logGroupNamePrefix ?? ""))
        .filter(({ settings: { name } }) =>
          name.toLowerCase().includes(input.logGroupNamePattern?.toLowerCase() ?? ""),
        )
        .sort((a, b) => (a.settings.name < b.settings.name ? -1 : 1));
      const { items, nextToken } = onePage(wanted, input, 50);
      return { logGroups: items.map((group) => describeGroup(store, group)), nextToken };
    },
    async PutRetentionPolicy(body, request) {
      const input = checked(retain, body);
      request.authorize("logs:PutRetentionPolicy", store.arn(input.logGroupName));
      setRetention(store, store.group(input.logGroupName), input.retentionInDays);
      return undefined;
    },
    async DeleteRetentionPolicy(body, request) {
      const { logGroupName } = checked(named, body);
      request.authorize("logs:DeleteRetentionPolicy", store.arn(logGroupName));
      setRetention(store, store.group(logGroupName), undefined);
      return undefined;
    },
    async TagResource(body, request) {
      const input = checked(ofResource.extend({ tags }), body);
      request.authorize("logs:TagResource", input.resourceArn);
      const group = store.group(nameInArn(input.resourceArn));
      group.settings.tags = { ...group.settings.tags, ...input.tags };
      store.save(group);
      return undefined;
    },
    async UntagResource(body, request) {
      const input = checked(ofResource.extend({ tagKeys: z.array(z.string()) }), body);
      request.authorize("logs:UntagResource", input.resourceArn);
      const group = store.group(nameInArn(input.resourceArn));
      const kept = Object.entries(group.settings.tags).filter(([key]) => !input.tagKeys.includes(key));
      group.settings.tags = Object.fromEntries(kept);
      store.save(group);
      return undefined;
    },
    async ListTagsForResource(body, request) {
      const { resourceArn } = checked(ofResource, body);
      request.authorize("logs:ListTagsForResource", resourceArn);
      return { tags: store.group(nameInArn(resourceArn)).settings.tags };
    },
  };
}

/** @throws AwsError InvalidParameterException for a number of days that CloudWatch Logs does not offer */
export function setRetention(store: LogStore, group: LogGroup, days: number | undefined): void {
  if (days === undefined) delete group.settings.retentionInDays;
  else if (RETENTION_DAYS.has(days)) group.settings.retentionInDays = days;
  else {
    throw new AwsError(
      "InvalidParameterException",
      `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: ` +
        `Member must satisfy enum value set: [${[...RETENTION_DAYS].join(", ")}]`,
    );
  }
  store.save(group);
}

function describeGroup(store: LogStore, { settings, streams }: LogGroup) {
  return {
    logGroupName: settings.name,
    creationTime: settings.createdAt,
    retentionInDays: settings.retentionInDays,
    metricFilterCount: 0,
    arn: `${store.arn(settings.name)}:*`,
    logGroupArn: store.arn(settings.name),
    logGroupClass: "STANDARD",
    kmsKeyId: settings.kmsKeyId,
    storedBytes: [...streams.values()].reduce((sum, { facts }) => sum + facts.storedBytes, 0),
  };
}
