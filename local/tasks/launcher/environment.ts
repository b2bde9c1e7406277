import { dirname, join } from "node:path";
import type { CloudContext } from "../../context/cloud-context.ts";
import { inSharedFolder, type SharedFolder } from "./shared-folders.ts";

/** What every process needs of the machine that it runs on; nothing else of the cloud's own environment goes in. */
export function machineEnvironment(): Record<string, string> {
  const { PATH = "/usr/bin:/bin", HOME = "/", LANG = "C.UTF-8" } = process.env;
  return { PATH, HOME, LANG };
}

/** As a host unpacks an image once: what one task's Node has compiled, the next need not. */
export const compileCache = (context: CloudContext): string => join(context.dataDir, "tasks", "compiled");

export interface EnvironmentLayers {
  readonly machine: Readonly<Record<string, string>>;
  readonly image: Readonly<Record<string, string>>;
  readonly container: readonly { name: string; value: string }[];
  readonly override: readonly { name: string; value: string }[];
  /** Addresses of the metadata, agent and credentials endpoints. */
  readonly agent: Readonly<Record<string, string>>;
  /** The task's own writable folder. */
  readonly scratch: string;
}

/**
 * A container's environment: the image's, then the task definition's, then the run's, between what the machine gives and
 * what only Fargate knows. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/taskdef-envfiles.html
 * In what was given, a value that names a place on EFS becomes the folder that stands for it here.
 */
export function containerEnvironment(
  context: CloudContext,
  layers: EnvironmentLayers,
  shared: readonly SharedFolder[],
): Record<string, string> {
  const named = (pairs: readonly { name: string; value: string }[]): Record<string, string> =>
    Object.fromEntries(pairs.map(({ name, value }) => [name, inSharedFolder(shared, value)]));
  const environment: Record<string, string> = {
    ...layers.machine,
    AWS_ENDPOINT_URL: context.endpoint,
    AWS_REGION: context.region,
    AWS_DEFAULT_REGION: context.region,
    AWS_EXECUTION_ENV: "AWS_ECS_FARGATE",
    NODE_COMPILE_CACHE: compileCache(context),
    ...layers.image,
    ...named(layers.container),
    ...named(layers.override),
    ...layers.agent,
    TMPDIR: layers.scratch,
  };
  // `node` in a Dockerfile is the node that runs the cloud, whatever else is installed on the machine.
  environment["PATH"] = `${dirname(process.execPath)}:${environment["PATH"] ?? ""}`;
  return environment;
}
