import { join } from "node:path";
import type { ContainerEngine } from "#local/containers/engine.ts";
import { CLONE } from "./source-hash.ts";
import { imageArchitecture, type TaskBuild } from "./task-builds.ts";

/** A first build fetches the base image and every dependency. */
const BUILD_TIMEOUT_MS = 30 * 60_000;
const INSPECT_TIMEOUT_MS = 60_000;

/**
 * Builds a task's image for its architecture, whatever the machine's is, and names it `reference`.
 * @param onLine gets what the engine says, line by line
 * @throws EngineError; WrongArchitectureError where the image came out for another architecture
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
  const made = await platformOf(engine, reference);
  if (made !== platform) throw new WrongArchitectureError(build, made, platform);
}

/** Podman before version 5 does not know the build machine's platform when it reads FROM; the others refuse nothing. */
function buildPlatform(engine: ContainerEngine): string[] {
  return engine.name === "podman" ? ["--build-arg", `BUILDPLATFORM=linux/${engine.architecture}`] : [];
}

async function platformOf(engine: ContainerEngine, reference: string): Promise<string> {
  const answer = await engine.call({
    args: ["image", "inspect", "--format", "{{.Os}}/{{.Architecture}}", reference],
    timeoutMs: INSPECT_TIMEOUT_MS,
  });
  return answer.trim();
}

/** Fargate would start the task and end it with "exec format error". */
export class WrongArchitectureError extends Error {
  override readonly name = "WrongArchitectureError";

  constructor(build: TaskBuild, made: string, wanted: string) {
    super(
      `The image of task ${build.task} came out for ${made}, and its task definition says ${wanted}; nothing was pushed. Take the --platform out of the last FROM of ${build.dockerfile}, and see that its base image exists for ${wanted}.`,
    );
  }
}
