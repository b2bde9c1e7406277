import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CloudContext } from "../../../context/cloud-context.ts";
import type { ContainerEngine } from "../../../containers/engine.ts";
import type { ContainerOrder } from "../launcher.ts";
import { sharedFolders } from "../shared-folders.ts";

/** What the containers of one cloud are known by, after it was killed as well. */
export const cloudLabel = (context: CloudContext): string => `local-cloud=${context.dataDir}`;

/** An image that the engine has. */
export interface EngineImage {
  readonly reference: string;
  /** Paths that it declares as volumes. */
  readonly volumes: readonly string[];
}

/** The arguments of `create` that make of an image what the task definition says. */
export function createArguments(
  context: CloudContext,
  engine: ContainerEngine,
  order: ContainerOrder,
  image: EngineImage,
): string[] {
  const { definition, override, task, runtimeId } = order;
  const memoryMiB = override?.memory ?? definition.memory ?? Number(task.memory);
  const cpuUnits = definition.cpu > 0 ? definition.cpu : Number(task.cpu);
  const [entryPoint, ...rest] = definition.entryPoint ?? [];
  const command = override?.command ?? definition.command ?? [];
  return [
    "create",
    `--name=${runtimeId}`,
    `--label=${cloudLabel(context)}`,
    // The cloud's endpoint and the agent's are on this machine's loopback address.
    "--network=host",
    `--memory=${memoryMiB}m`,
    `--memory-swap=${memoryMiB}m`,
    `--cpus=${cpuUnits / 1024}`,
    ...(definition.user === undefined ? [] : ["--user", definition.user]),
    ...(definition.workingDirectory === undefined ? [] : ["--workdir", definition.workingDirectory]),
    ...(definition.readonlyRootFilesystem === true ? readOnlyRoot(engine) : []),
    ...mounts(context, order, image),
    ...environment(context, order).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...(entryPoint === undefined ? [] : ["--entrypoint", entryPoint]),
    image.reference,
    ...rest,
    ...command,
  ];
}

/** Podman would make /tmp and others writable again, which Fargate does not. */
function readOnlyRoot(engine: ContainerEngine): string[] {
  return engine.name === "podman" ? ["--read-only", "--read-only-tmpfs=false"] : ["--read-only"];
}

const WRITABLE_BY_ALL = 0o1777;
const WRITABLE_BY_ROOT = 0o755;

/**
 * A volume is a folder of the task's scratch space, or of the cloud where tasks share it. As on Fargate the first is root's, unless the
 * image declares its path; what rights the image's own folder has is not looked up.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html#bind-mount-considerations
 */
function mounts(
  context: CloudContext,
  { definition, taskDefinition, environment: { scratch } }: ContainerOrder,
  image: EngineImage,
): string[] {
  const shared = sharedFolders(context, taskDefinition, definition);
  return definition.mountPoints.flatMap(({ sourceVolume, containerPath, readOnly }) => {
    if (sourceVolume === undefined || containerPath === undefined) return [];
    const ofAllTasks = shared.find(({ volume }) => volume === sourceVolume)?.folder;
    const folder = ofAllTasks ?? join(scratch, "volumes", sourceVolume);
    mkdirSync(folder, { recursive: true });
    const forAll = ofAllTasks !== undefined || image.volumes.includes(containerPath);
    chmodSync(folder, forAll ? WRITABLE_BY_ALL : WRITABLE_BY_ROOT);
    return ["--volume", `${folder}:${containerPath}${readOnly === true ? ":ro" : ""}`];
  });
}

/** The image brings its own; the run's go before the task definition's, and what only Fargate knows before both. */
function environment(context: CloudContext, { environment: layers }: ContainerOrder): [string, string][] {
  const named = [...layers.container, ...layers.override].map(({ name, value }): [string, string] => [
    name,
    value,
  ]);
  const all = new Map([
    ["AWS_ENDPOINT_URL", context.endpoint],
    ["AWS_REGION", context.region],
    ["AWS_DEFAULT_REGION", context.region],
    ["AWS_EXECUTION_ENV", "AWS_ECS_FARGATE"],
    ...named,
    ...Object.entries(layers.agent),
  ]);
  return [...all];
}
