import type { Properties } from "../../cloudformation/resource-provider.ts";

/** Members whose keys are the user's own words. */
const maps = new Set(["Options", "DockerLabels", "DriverOpts", "Labels"]);
const integers = new Set([
  "Memory",
  "MemoryReservation",
  "Cpu",
  "StopTimeout",
  "StartTimeout",
  "ContainerPort",
  "HostPort",
  "SoftLimit",
  "HardLimit",
  "SizeInGiB",
  "TransitEncryptionPort",
  "Size",
  "Weight",
  "Base",
  "DesiredCount",
  "MinimumHealthyPercent",
  "MaximumPercent",
  "HealthCheckGracePeriodSeconds",
]);
const booleans = new Set([
  "Essential",
  "Privileged",
  "ReadonlyRootFilesystem",
  "Interactive",
  "PseudoTerminal",
  "DisableNetworking",
  "InitProcessEnabled",
  "ReadOnly",
  "Enable",
  "Rollback",
  "ResetOnHealthyTask",
  "EnableECSManagedTags",
  "EnableExecuteCommand",
]);

/**
 * CloudFormation's PascalCase properties as members of the ECS API. CloudFormation takes numbers and booleans as text too;
 * the API does not.
 */
export function camelCase(properties: Properties): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [
      lowerFirst(key),
      maps.has(key) ? value : convert(key, value),
    ]),
  );
}

function convert(key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => convert("", item));
  if (typeof value === "object" && value !== null) return camelCase({ ...value });
  if (typeof value !== "string") return value;
  if (integers.has(key) && /^\d+$/.test(value)) return Number(value);
  if (booleans.has(key) && /^(true|false)$/.test(value)) return value === "true";
  return value;
}

/** What the API writes otherwise than the rule has it. */
const exceptions: Readonly<Record<string, string>> = { FilesystemId: "fileSystemId", IAM: "iam" };

/** The API writes efsVolumeConfiguration and fsxWindowsFileServerVolumeConfiguration. */
function lowerFirst(key: string): string {
  const exception = exceptions[key];
  if (exception !== undefined) return exception;
  return key.replace(/^(?:[A-Z](?![A-Z])|[A-Z]+(?=[A-Z]))/, (start) => start.toLowerCase());
}
