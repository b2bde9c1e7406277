/**
 * How a change of a property reaches the resource, in the words of the CloudFormation reference:
 * `update` without or with some interruption, `replace` by a new physical resource, `recorded` where it has no effect on a laptop.
 */
export type PropertyUse = "update" | "replace" | "recorded";

export interface ResourceState {
  /** What Ref answers. */
  readonly physicalId: string;
  /** What Fn::GetAtt answers, by attribute name (dots and all). */
  readonly attributes: Readonly<Record<string, unknown>>;
}

export type Properties = Readonly<Record<string, unknown>>;

export interface ResourceContext {
  readonly logicalId: string;
  readonly stackName: string;
  readonly stackId: string;
  /** A physical name as CloudFormation makes one: <stack>-<logicalId>-<RANDOM>, cut to `maxLength`. */
  generateName(options: { maxLength: number; lowercase?: boolean; suffix?: string }): string;
  /** Names a nested property that this provider does not honour; it is listed with the logical id, not ignored. */
  unsupported(propertyPath: string): void;
}

/**
 * Behaviour of one CloudFormation type. Properties are resolved (no intrinsics left). A property that is not named
 * in `properties` is reported by the engine with its logical id.
 * Each method is idempotent: after a crash in the middle it is called again. Errors are AwsError.
 */
export interface ResourceProvider {
  /** E.g. AWS::SQS::Queue */
  readonly type: string;
  readonly properties: Readonly<Record<string, PropertyUse>>;
  /** Required property names; their absence fails the resource as in AWS. */
  readonly required?: readonly string[];
  create(properties: Properties, context: ResourceContext): Promise<ResourceState>;
  /** Called only where no changed property says `replace`. */
  update(
    state: ResourceState,
    properties: Properties,
    previous: Properties,
    context: ResourceContext,
  ): Promise<ResourceState>;
  /** A resource that is gone already is a success. */
  delete(state: ResourceState, properties: Properties, context: ResourceContext): Promise<void>;
}
