import type { CloudContext } from "../../../context/cloud-context.ts";
import { findEngine, type ContainerEngine } from "../../../containers/engine.ts";
import { ImagePullError, type ContainerLauncher } from "../launcher.ts";
import { cloudLabel, createArguments } from "./create-arguments.ts";
import { startEngineContainer } from "./engine-container.ts";
import { pullReference } from "./pull-reference.ts";

const CALL_TIMEOUT_MS = 60_000;

/** Runs tasks as containers of docker, podman or finch, within the limits of their task definitions. */
export function engineLauncher(context: CloudContext): ContainerLauncher {
  let found: ContainerEngine | undefined;
  const opened = (): ContainerEngine => {
    if (found === undefined)
      throw new Error("The container engine is not known before the cloud has started.");
    return found;
  };
  return {
    /** @throws NoEngineError */
    async open() {
      found = await findEngine();
      const left = await found.call({
        args: ["ps", "--all", "--quiet", "--filter", `label=${cloudLabel(context)}`],
        timeoutMs: CALL_TIMEOUT_MS,
      });
      const names = left.split("\n").filter(Boolean);
      if (names.length > 0)
        await found.call({ args: ["rm", "--force", ...names], timeoutMs: CALL_TIMEOUT_MS });
    },

    async pull(image, { executionRoleArn }) {
      const engine = opened();
      try {
        const reference = await pullReference({ context, engine, image, executionRoleArn });
        const { stopSignal, volumes } = await configOf(engine, reference);
        return {
          stopSignal,
          start: (order) =>
            startEngineContainer(engine, {
              name: order.runtimeId,
              createArguments: createArguments(context, engine, order, { reference, volumes }),
              folder: order.environment.scratch,
              onLines: (lines) => order.onLines(lines),
            }),
        };
      } catch (error) {
        throw new ImagePullError(`failed to resolve ref ${image}: ${(error as Error).message}`);
      }
    },
  };
}

async function configOf(
  engine: ContainerEngine,
  reference: string,
): Promise<{ stopSignal: string; volumes: string[] }> {
  const answer = await engine.call({
    args: ["image", "inspect", "--format", "{{json .Config}}", reference],
    timeoutMs: CALL_TIMEOUT_MS,
  });
  const { StopSignal = "", Volumes } = JSON.parse(answer) as {
    StopSignal?: string;
    Volumes?: Record<string, unknown> | null;
  };
  return { stopSignal: StopSignal === "" ? "SIGTERM" : StopSignal, volumes: Object.keys(Volumes ?? {}) };
}
