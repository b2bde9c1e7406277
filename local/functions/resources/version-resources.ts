import type { ResourceProvider } from "../../cloudformation/resource-provider.ts";
import { notImplemented } from "../../gateway/aws-error.ts";
import { deleteAlias, putAlias } from "../aliases.ts";
import { parseFunctionName } from "../function-name.ts";
import { requiredText } from "../input.ts";
import { publishVersion } from "../lifecycle.ts";
import type { FunctionParts } from "../parts.ts";

/** AWS::Lambda::Version: published once, never changed. */
export function versionResource(parts: FunctionParts): ResourceProvider {
  return {
    type: "AWS::Lambda::Version",
    required: ["FunctionName"],
    properties: { CodeSha256: "replace", Description: "replace", FunctionName: "replace" },
    async create(properties) {
      const { name } = parseFunctionName(requiredText(properties, "FunctionName"));
      const { version } = publishVersion(parts, name, properties);
      const arn = parts.store.arn(name, version);
      return { physicalId: arn, attributes: { FunctionArn: arn, Version: version } };
    },
    update: async (state) => state,
    async delete(state) {
      const { name, qualifier } = parseFunctionName(state.physicalId);
      const record = parts.store.find(name);
      if (record === undefined) return;
      parts.store.put({
        ...record,
        versions: record.versions.filter(({ version }) => version !== qualifier),
      });
    },
  };
}

/** AWS::Lambda::Alias, without weighted routing. */
export function aliasResource(parts: FunctionParts): ResourceProvider {
  return {
    type: "AWS::Lambda::Alias",
    required: ["FunctionName", "FunctionVersion", "Name"],
    properties: {
      Description: "update",
      FunctionName: "replace",
      FunctionVersion: "update",
      Name: "replace",
    },
    async create(properties) {
      const { name } = parseFunctionName(requiredText(properties, "FunctionName"));
      const alias = putAlias(parts, name, properties);
      const arn = parts.store.arn(name, alias.name);
      return { physicalId: arn, attributes: { AliasArn: arn } };
    },
    async update(state, properties) {
      putAlias(parts, parseFunctionName(requiredText(properties, "FunctionName")).name, properties);
      return state;
    },
    async delete(state) {
      const { name, qualifier = "" } = parseFunctionName(state.physicalId);
      deleteAlias(parts, name, qualifier);
    },
  };
}

/** AWS::Lambda::Url: there is no name on the internet that a laptop could give out. */
export const urlResource: ResourceProvider = {
  type: "AWS::Lambda::Url",
  properties: {
    AuthType: "update",
    Cors: "update",
    InvokeMode: "update",
    Qualifier: "replace",
    TargetFunctionArn: "replace",
  },
  create: () => Promise.reject(notImplemented("AWS::Lambda::Url")),
  update: () => Promise.reject(notImplemented("AWS::Lambda::Url")),
  delete: async () => undefined,
};
