import { createHash } from "node:crypto";
import type {
  Properties,
  ResourceContext,
  ResourceProvider,
  ResourceState,
} from "../../cloudformation/resource-provider.ts";
import { schemaOf } from "../schemas/resource-schema.ts";

/** How a type without behaviour on a laptop answers Ref and Fn::GetAtt. */
export interface RecordedType {
  physicalId(given: RecordedResource): string;
  attributes?(physicalId: string, given: RecordedResource): Readonly<Record<string, unknown>>;
}

export interface RecordedResource {
  readonly properties: Properties;
  readonly accountId: string;
  readonly region: string;
  /** Lower-case hexadecimal digits that belong to this resource, e.g. for vpc-0123456789abcdef0. */
  readonly hex: (length: number) => string;
  /** The name in `property`, or one as CloudFormation makes it. */
  readonly name: (property: string, maxLength: number) => string;
}

/** A provider that does nothing but answer. AWS's schema of the type says which properties there are. */
export function recordedProvider(
  type: string,
  recorded: RecordedType,
  cloud: { accountId: string; region: string },
): ResourceProvider {
  const schema = schemaOf(type);
  if (schema === undefined) throw new Error(`resource-types.json has no ${type}`);
  const given = (properties: Properties, context: ResourceContext): RecordedResource => {
    const seed = context.generateName({ maxLength: 255 });
    return {
      ...cloud,
      properties,
      hex: (length) =>
        createHash("sha256").update(`${context.stackId} ${seed}`).digest("hex").slice(0, length),
      name: (property, maxLength) => textOf(properties[property]) ?? context.generateName({ maxLength }),
    };
  };
  const stateOf = (physicalId: string, resource: RecordedResource): ResourceState => ({
    physicalId,
    attributes: recorded.attributes?.(physicalId, resource) ?? {},
  });
  return {
    type,
    properties: schema.properties,
    required: schema.required,
    create: async (properties, context) => {
      const resource = given(properties, context);
      return stateOf(recorded.physicalId(resource), resource);
    },
    update: async ({ physicalId }, properties, _previous, context) =>
      stateOf(physicalId, given(properties, context)),
    delete: async () => undefined,
    [RECORDED]: true,
  } as ResourceProvider;
}

/** Whether a type is answered for and does nothing. */
export function isRecorded(provider: ResourceProvider | undefined): boolean {
  return provider !== undefined && RECORDED in provider;
}

const RECORDED = Symbol("recorded");

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
