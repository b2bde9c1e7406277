import { readBody } from "../gateway/body.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { json, jsonObject, type RestCall, type RestRoute } from "../gateway/rest-protocol.ts";
import { page } from "./page.ts";
import { DEFAULT_GROUP, type GroupRecord, type ScheduleStore } from "./schedule-store.ts";

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-group.html */
export function groupRoutes(store: ScheduleStore): RestRoute[] {
  const addressed = ({ request, path }: RestCall, action: string): GroupRecord => {
    const name = path["Name"] ?? "";
    request.authorize(`scheduler:${action}`, store.groupArn(name));
    return store.group(name);
  };
  const tagged = ({ request, path }: RestCall, action: string): GroupRecord => {
    const arn = path["ResourceArn"] ?? "";
    request.authorize(`scheduler:${action}`, arn);
    return store.group(arn.slice(arn.lastIndexOf("/") + 1));
  };
  const tagsIn = async ({ request }: RestCall) => {
    const { Tags: tags = [] } = jsonObject(await readBody(request.body)) as { Tags?: readonly Tag[] };
    return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
  };
  const GROUP = "/schedule-groups/{Name}";
  const TAGS = "/tags/{ResourceArn}";
  return [
    {
      operation: "CreateScheduleGroup",
      method: "POST",
      path: GROUP,
      async handle(call) {
        const name = call.path["Name"] ?? "";
        call.request.authorize("scheduler:CreateScheduleGroup", store.groupArn(name));
        return json(200, { ScheduleGroupArn: store.createGroup(name, await tagsIn(call)).arn });
      },
    },
    {
      operation: "GetScheduleGroup",
      method: "GET",
      path: GROUP,
      handle: async (call) => json(200, described(addressed(call, "GetScheduleGroup"))),
    },
    {
      operation: "DeleteScheduleGroup",
      method: "DELETE",
      path: GROUP,
      async handle(call) {
        const { name } = addressed(call, "DeleteScheduleGroup");
        if (name === DEFAULT_GROUP) {
          throw new AwsError("ValidationException", "The default schedule group can not be deleted.");
        }
        store.removeGroup(name);
        return json(200, {});
      },
    },
    {
      operation: "ListScheduleGroups",
      method: "GET",
      path: "/schedule-groups",
      async handle({ request, query }) {
        request.authorize("scheduler:ListScheduleGroups", "*");
        const prefix = query.get("NamePrefix") ?? "";
        const { items, rest } = page(
          store.groups().filter(({ name }) => name.startsWith(prefix)),
          query,
        );
        return json(200, { ScheduleGroups: items.map(described), ...rest });
      },
    },
    {
      operation: "ListTagsForResource",
      method: "GET",
      path: TAGS,
      async handle(call) {
        const { tags } = tagged(call, "ListTagsForResource");
        return json(200, { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) });
      },
    },
    {
      operation: "TagResource",
      method: "POST",
      path: TAGS,
      async handle(call) {
        const { name, tags } = tagged(call, "TagResource");
        store.setTags(name, { ...tags, ...(await tagsIn(call)) });
        return json(200, {});
      },
    },
    {
      operation: "UntagResource",
      method: "DELETE",
      path: TAGS,
      async handle(call) {
        const { name, tags } = tagged(call, "UntagResource");
        const gone = call.query.getAll("TagKeys");
        store.setTags(name, Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.includes(key))));
        return json(200, {});
      },
    },
  ];
}

export function described(group: GroupRecord): Record<string, unknown> {
  return {
    Arn: group.arn,
    Name: group.name,
    State: "ACTIVE",
    CreationDate: group.createdAt / 1000,
    LastModificationDate: group.createdAt / 1000,
  };
}
