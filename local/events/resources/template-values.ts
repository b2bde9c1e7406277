import type { Properties } from "../../cloudformation/resource-provider.ts";

/** How a template writes a target's ECS parameters. */
export interface TemplateTarget {
  readonly EcsParameters?: {
    readonly TagList?: unknown;
    readonly NetworkConfiguration?: { readonly AwsVpcConfiguration?: unknown };
    readonly CapacityProviderStrategy?: readonly {
      readonly CapacityProvider: unknown;
      readonly Weight?: unknown;
      readonly Base?: unknown;
    }[];
    readonly [other: string]: unknown;
  };
}

const NUMBERS = new Set(["TaskCount", "Weight", "Base", "MaximumRetryAttempts", "MaximumEventAgeInSeconds"]);
const BOOLEANS = new Set(["EnableECSManagedTags", "EnableExecuteCommand"]);

/** CloudFormation takes "2" for 2 and "true" for true; the API does not. What stands in an event pattern or an input is left alone. */
export function fromTemplate(properties: Properties): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      name === "EventPattern" ? value : typed(name, value),
    ]),
  );
}

function typed(name: string, value: unknown): unknown {
  if (NUMBERS.has(name) && typeof value === "string" && /^\d+$/.test(value)) return Number(value);
  if (BOOLEANS.has(name) && typeof value === "string")
    return value === "true" ? true : value === "false" ? false : value;
  if (Array.isArray(value)) return value.map((item) => typed(name, item));
  if (typeof value !== "object" || value === null || name === "InputPathsMap") return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, typed(key, member)]));
}
