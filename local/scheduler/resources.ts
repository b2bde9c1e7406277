import type { Properties, ResourceProvider, ResourceState } from "../cloudformation/resource-provider.ts";
import type { CloudContext } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { requestedSchedule } from "./requested-schedule.ts";
import type { GroupRecord, ScheduleStore } from "./schedule-store.ts";

export function schedulerResources(context: CloudContext, store: ScheduleStore): ResourceProvider[] {
  return [scheduleResource(context, store), groupResource(store)];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html */
function scheduleResource(context: CloudContext, store: ScheduleStore): ResourceProvider {
  const write = (name: string, properties: Properties): ResourceState => {
    const existing = store.find(name, groupOf(properties));
    const schedule = requestedSchedule(context, store, { ...properties, Name: name }, existing);
    store.put(schedule);
    return { physicalId: name, attributes: { Arn: schedule.arn } };
  };
  const remove = (name: string, properties: Properties): void => {
    const schedule = store.find(name, groupOf(properties));
    if (schedule !== undefined) store.remove(schedule);
  };
  return {
    type: "AWS::Scheduler::Schedule",
    required: ["FlexibleTimeWindow", "ScheduleExpression", "Target"],
    properties: {
      Description: "update",
      EndDate: "update",
      FlexibleTimeWindow: "update",
      GroupName: "update",
      KmsKeyArn: "recorded",
      Name: "replace",
      ScheduleExpression: "update",
      ScheduleExpressionTimezone: "update",
      StartDate: "update",
      State: "update",
      Target: "update",
    },
    async create(properties, resource) {
      const { Name: given } = properties;
      return write(typeof given === "string" ? given : resource.generateName({ maxLength: 64 }), properties);
    },
    async update(state, properties, previous) {
      if (groupOf(previous) !== groupOf(properties)) remove(state.physicalId, previous);
      return write(state.physicalId, properties);
    },
    delete: async (state, properties) => remove(state.physicalId, properties),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedulegroup.html */
function groupResource(store: ScheduleStore): ResourceProvider {
  return {
    type: "AWS::Scheduler::ScheduleGroup",
    properties: { Name: "replace", Tags: "update" },
    async create(properties, resource) {
      const { Name: given } = properties;
      const name = typeof given === "string" ? given : resource.generateName({ maxLength: 64 });
      return groupState(store.createGroup(name, tagsOf(properties)));
    },
    async update(state, properties) {
      store.setTags(state.physicalId, tagsOf(properties));
      return groupState(store.group(state.physicalId));
    },
    async delete(state) {
      try {
        store.removeGroup(store.group(state.physicalId).name);
      } catch (error) {
        // It is gone already.
        if (!(error instanceof AwsError)) throw error;
      }
    },
  };
}

function groupState(group: GroupRecord): ResourceState {
  const date = new Date(group.createdAt).toISOString();
  return {
    physicalId: group.name,
    attributes: { Arn: group.arn, CreationDate: date, LastModificationDate: date, State: "ACTIVE" },
  };
}

function groupOf(properties: Properties): string | undefined {
  const { GroupName: group } = properties;
  return typeof group === "string" ? group : undefined;
}

function tagsOf(properties: Properties): Record<string, string> {
  const tags = (properties["Tags"] ?? []) as readonly { Key: string; Value: string }[];
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}
