import { join } from "node:path";
import type { ContainerEngine } from "#local/containers/engine.ts";
import { SCRATCH_PATH } from "../task-definition.ts";
import { CLONE } from "./source-hash.ts";
import { imageArchitecture, type TaskBuild } from "./task-builds.ts";

/** A first build fetches the base image and every dependency. */
const BUILD_TIMEOUT_MS = 30 * 60_000;
const INSPECT_TIMEOUT_MS = 60_000;

/**
 * Builds a task's image for its architecture, whatever the machine's is, and names it `reference`.
 * @param onLine gets what the engine says, line by line
 * @throws EngineError; UnfitImageError where no task could run from what came out
 */
export async function buildImage(
  engine: ContainerEngine,
  build: TaskBuild,
  reference: string,
  onLine: (line: string) => void,
): Promise<void> {
  const platform = `linux/${imageArchitecture(build.architecture)}`;
  await engine.call({
    args: [
      "build",
      "--platform",
      platform,
      ...buildPlatform(engine),
      "--file",
      join(CLONE, build.dockerfile),
      "--tag",
      reference,
      CLONE,
    ],
    // An attestation would make the image an index with a second, unnamed image in it.
    environment: { BUILDX_NO_DEFAULT_ATTESTATIONS: "1" },
    timeoutMs: BUILD_TIMEOUT_MS,
    onLine,
  });
  const problem = unfitness(build, platform, await inspect(engine, reference));
  if (problem !== undefined) throw new UnfitImageError(problem);
}

/** Podman before version 5 does not know the build machine's platform when it reads FROM; the others refuse nothing. */
function buildPlatform(engine: ContainerEngine): string[] {
  return engine.name === "podman" ? ["--build-arg", `BUILDPLATFORM=linux/${engine.architecture}`] : [];
}

interface Made {
  /** E.g. linux/arm64 */
  readonly platform: string;
  /** Paths that the image declares as volumes. */
  readonly volumes: readonly string[];
}

async function inspect(engine: ContainerEngine, reference: string): Promise<Made> {
  const answer = await engine.call({
    args: ["image", "inspect", "--format", "{{.Os}}/{{.Architecture}} {{json .Config.Volumes}}", reference],
    timeoutMs: INSPECT_TIMEOUT_MS,
  });
  const [, platform = "", volumes = "null"] = /^(\S+) (.*)$/.exec(answer.trim()) ?? [];
  return { platform, volumes: Object.keys((JSON.parse(volumes) ?? {}) as object) };
}

/** What would go wrong with each task that is started from the image. */
function unfitness({ task, dockerfile }: TaskBuild, wanted: string, made: Made): string | undefined {
  // Fargate would start the task and end it with "exec format error".
  if (made.platform !== wanted)
    return `The image of task ${task} came out for ${made.platform}, and its task definition says ${wanted}; nothing was pushed. Take the --platform out of the last FROM of ${dockerfile}, and see that its base image exists for ${wanted}.`;
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html#bind-mount-considerations
  if (!made.volumes.includes(SCRATCH_PATH))
    return `The image of task ${task} does not declare ${SCRATCH_PATH} as a volume, so on Fargate that would be root's and the task, which is not root, could write no file; nothing was pushed. Put VOLUME ["${SCRATCH_PATH}"] before the last USER of ${dockerfile}.`;
  return undefined;
}

/** An image from which no task could work. */
export class UnfitImageError extends Error {
  override readonly name = "UnfitImageError";
}
