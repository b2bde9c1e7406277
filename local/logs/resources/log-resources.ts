import type { Properties, ResourceProvider } from "../../cloudformation/resource-provider.ts";
import { setRetention } from "../operations/groups.ts";
import type { LogGroup, LogStore } from "../log-store.ts";

export function logResources(store: LogStore): readonly ResourceProvider[] {
  return [groupResource(store), streamResource(store)];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html */
function groupResource(store: LogStore): ResourceProvider {
  return {
    type: "AWS::Logs::LogGroup",
    properties: {
      LogGroupName: "replace",
      RetentionInDays: "update",
      Tags: "update",
      KmsKeyId: "recorded",
      LogGroupClass: "recorded",
      DataProtectionPolicy: "recorded",
      DeletionProtectionEnabled: "recorded",
    },
    async create(properties, resource) {
      const { LogGroupName: given } = properties;
      const name = typeof given === "string" ? given : resource.generateName({ maxLength: 512 });
      configure(store, store.createGroup(name), properties);
      return { physicalId: name, attributes: { Arn: `${store.arn(name)}:*` } };
    },
    async update(state, properties) {
      configure(store, store.group(state.physicalId), properties);
      return state;
    },
    async delete(state) {
      if (store.find(state.physicalId) !== undefined) store.deleteGroup(state.physicalId);
    },
  };
}

function configure(store: LogStore, group: LogGroup, { RetentionInDays, KmsKeyId, Tags }: Properties): void {
  const tags = (Tags ?? []) as readonly { Key: string; Value: string }[];
  group.settings.tags = Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
  if (typeof KmsKeyId === "string") group.settings.kmsKeyId = KmsKeyId;
  else delete group.settings.kmsKeyId;
  setRetention(store, group, RetentionInDays === undefined ? undefined : Number(RetentionInDays));
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-logstream.html */
function streamResource(store: LogStore): ResourceProvider {
  return {
    type: "AWS::Logs::LogStream",
    properties: { LogGroupName: "replace", LogStreamName: "replace" },
    required: ["LogGroupName"],
    async create(properties, resource) {
      const { LogStreamName: given } = properties;
      const name = typeof given === "string" ? given : resource.generateName({ maxLength: 512 });
      store.createStream(String(properties["LogGroupName"]), name);
      return { physicalId: name, attributes: {} };
    },
    update: async (state) => state,
    async delete(state, properties) {
      const group = String(properties["LogGroupName"]);
      if (store.find(group)?.streams.has(state.physicalId) === true)
        store.deleteStream(group, state.physicalId);
    },
  };
}
