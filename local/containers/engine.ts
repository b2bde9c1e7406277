import { callEngine, type EngineCall } from "./engine-process.ts";

export type EngineName = "docker" | "podman" | "finch";

/** As images and registries name it. */
export type ImageArchitecture = "amd64" | "arm64";

/** A container engine that answers. */
export interface ContainerEngine {
  readonly name: EngineName;
  /** Of the machine on which it builds and runs. */
  readonly architecture: ImageArchitecture;
  /** Runs one command. @returns its standard output @throws EngineError */
  call(call: EngineCall): Promise<string>;
}

/** No engine answers; the message says what each one said, and what to do. */
export class NoEngineError extends Error {
  override readonly name = "NoEngineError";
}

/** Each engine's question that only a working one answers: the architecture of where it runs. */
const QUESTIONS: Readonly<Record<EngineName, readonly string[]>> = {
  docker: ["version", "--format", "{{.Server.Arch}}"],
  podman: ["info", "--format", "{{.Host.Arch}}"],
  finch: ["info", "--format", "{{.Architecture}}"],
};

const PROBE_TIMEOUT_MS = 20_000;

/**
 * The first of docker, podman and finch that is installed and answers; a client without its daemon is passed by.
 * @throws NoEngineError
 */
export async function findEngine(): Promise<ContainerEngine> {
  const refusals: string[] = [];
  for (const name of Object.keys(QUESTIONS) as EngineName[]) {
    try {
      const answer = await callEngine(name, { args: QUESTIONS[name], timeoutMs: PROBE_TIMEOUT_MS });
      return { name, architecture: imageArchitecture(answer), call: (call) => callEngine(name, call) };
    } catch (error) {
      refusals.push((error as Error).message.replaceAll("\n", " ").trim());
    }
  }
  throw new NoEngineError(
    `No container engine answers; install or start docker, podman or finch. ${refusals.join(" | ")}`,
  );
}

/** What flags a registry needs that speaks plain HTTP; docker takes those on 127.0.0.1 without being told. */
export function plainHttpFlags(engine: ContainerEngine): string[] {
  if (engine.name === "podman") return ["--tls-verify=false"];
  return engine.name === "finch" ? ["--insecure-registry"] : [];
}

/** Kernels, Docker and Node have names of their own for the two. */
function imageArchitecture(machine: string): ImageArchitecture {
  const name = machine.trim();
  if (["amd64", "x86_64", "x64"].includes(name)) return "amd64";
  if (["arm64", "aarch64"].includes(name)) return "arm64";
  throw new Error(`it runs on "${name}", for which Fargate has no images`);
}
