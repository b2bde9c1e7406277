import type {
  Properties,
  ResourceContext,
  ResourceProvider,
  ResourceState,
} from "../../cloudformation/resource-provider.ts";
import { integer, list, section, text, type Input } from "../input.ts";
import { createFunction, deleteFunction, updateCode, updateSettings } from "../lifecycle.ts";
import { reserveConcurrency } from "../operations/concurrency-operations.ts";
import { ACCOUNT_CONCURRENCY } from "../invoker.ts";
import type { FunctionParts } from "../parts.ts";
import { zipOfText } from "../zip-writer.ts";

/** AWS::Lambda::Function */
export function functionResource(parts: FunctionParts): ResourceProvider {
  return {
    type: "AWS::Lambda::Function",
    required: ["Code", "Role"],
    properties: {
      Architectures: "recorded",
      Code: "update",
      DeadLetterConfig: "update",
      Description: "update",
      Environment: "update",
      EphemeralStorage: "recorded",
      FunctionName: "replace",
      Handler: "update",
      KmsKeyArn: "recorded",
      LoggingConfig: "update",
      MemorySize: "update",
      PackageType: "update",
      ReservedConcurrentExecutions: "update",
      Role: "update",
      Runtime: "update",
      Tags: "update",
      Timeout: "update",
      TracingConfig: "recorded",
    },
    async create(properties, context) {
      const name = text(properties, "FunctionName") ?? context.generateName({ maxLength: 64 });
      const state = stateOf(parts, name);
      // A create that was cut short is taken up: the name is this stack's own.
      if (parts.store.find(name) === undefined || text(properties, "FunctionName") !== undefined) {
        await createFunction(parts, name, properties, {
          code: codeOf(properties, context),
          tags: tagsOf(properties),
        });
      }
      applyConcurrency(parts, name, properties);
      return state;
    },
    async update(state, properties, previous, context) {
      const name = state.physicalId;
      if (JSON.stringify(properties["Code"]) !== JSON.stringify(previous["Code"])) {
        await updateCode(parts, name, codeOf(properties, context));
      }
      const settings = withRemovals(properties, previous);
      if (settingsText(properties) !== settingsText(previous)) updateSettings(parts, name, settings);
      applyConcurrency(parts, name, properties);
      parts.store.put({ ...parts.store.get(name), tags: tagsOf(properties) });
      return stateOf(parts, name);
    },
    async delete(state) {
      deleteFunction(parts, state.physicalId);
    },
  };
}

function stateOf({ store }: FunctionParts, name: string): ResourceState {
  return { physicalId: name, attributes: { Arn: store.arn(name) } };
}

/** CloudFormation's ZipFile is source text of a CommonJS module, not a zip. */
function codeOf(properties: Properties, context: ResourceContext): Input {
  const code = section(properties, "Code") ?? {};
  for (const name of ["ImageUri", "SourceKMSKeyArn"]) {
    if (code[name] !== undefined) context.unsupported(`Code.${name}`);
  }
  const source = text(code, "ZipFile");
  return source === undefined ? code : { ZipFile: zipOfText("index.js", source).toString("base64") };
}

function tagsOf(properties: Properties): Record<string, string> {
  const tags = (list(properties, "Tags") ?? []) as readonly Input[];
  return Object.fromEntries(tags.map((tag) => [text(tag, "Key") ?? "", text(tag, "Value") ?? ""]));
}

function applyConcurrency(parts: FunctionParts, name: string, properties: Properties): void {
  const concurrency = integer(properties, "ReservedConcurrentExecutions", {
    min: 0,
    max: ACCOUNT_CONCURRENCY,
  });
  if (parts.store.get(name).reservedConcurrency !== concurrency) reserveConcurrency(parts, name, concurrency);
}

/** What a property falls back to when it is taken out of the template. */
const DEFAULTS: Properties = {
  DeadLetterConfig: { TargetArn: "" },
  Description: "",
  Environment: { Variables: {} },
  EphemeralStorage: { Size: 512 },
  LoggingConfig: {},
  MemorySize: 128,
  Timeout: 3,
  TracingConfig: { Mode: "PassThrough" },
};

function withRemovals(properties: Properties, previous: Properties): Properties {
  const removed = Object.entries(DEFAULTS).filter(
    ([name]) => previous[name] !== undefined && properties[name] === undefined,
  );
  return { ...Object.fromEntries(removed), ...properties };
}

function settingsText({
  Code: _code,
  Tags: _tags,
  ReservedConcurrentExecutions: _concurrency,
  ...settings
}: Properties): string {
  return JSON.stringify(settings);
}
