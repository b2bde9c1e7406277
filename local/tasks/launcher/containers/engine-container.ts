import { setTimeout as pause } from "node:timers/promises";
import type { ContainerEngine } from "../../../containers/engine.ts";
import { cannotStart, OUT_OF_MEMORY, type ContainerExit, type ContainerProcess } from "../launcher.ts";

const CALL_TIMEOUT_MS = 60_000;
const LOOK_EVERY_MS = 200;
const KILLED = 137;
const NOT_BEGUN = ["created", "configured", "initialized"];

interface State {
  readonly Status: string;
  readonly ExitCode: number;
}

/** A container that is to be. */
export interface EngineContainer {
  readonly name: string;
  readonly createArguments: readonly string[];
  /** A folder of its own, which goes with it: Podman's monitor leaves a file where it runs when memory was lacking. */
  readonly folder: string;
  onLines(lines: readonly string[]): void;
}

/**
 * Creates, starts and follows a container, and takes it away when it has ended. `run` is not used: through some engines it loses the
 * exit code.
 * @throws Error in the words of Fargate where it does not start
 */
export async function startEngineContainer(
  engine: ContainerEngine,
  container: EngineContainer,
): Promise<ContainerProcess> {
  const { name, createArguments, folder } = container;
  const call = (...args: string[]): Promise<string> => engine.call({ args, timeoutMs: CALL_TIMEOUT_MS });
  const state = async (): Promise<State> =>
    JSON.parse(await call("inspect", "--type", "container", "--format", "{{json .State}}", name)) as State;
  const remove = (): Promise<unknown> => call("rm", "--force", name).catch(() => undefined);

  await engine.call({ args: createArguments, timeoutMs: CALL_TIMEOUT_MS }).catch((error: unknown) => {
    throw cannotStart((error as Error).message);
  });
  // Ends with the container, and with its exit code or an error of its own: which one it was is read from the state.
  const attached = engine
    .call({
      args: ["start", "--attach", name],
      timeoutMs: undefined,
      folder,
      onLine: (line) => container.onLines([line]),
    })
    .then(
      () => undefined,
      (error: unknown) => error as Error,
    );
  const begun = async (): Promise<boolean> => !NOT_BEGUN.includes((await state()).Status);
  const over = attached.then(() => true);
  while (!(await begun())) {
    if (!(await Promise.race([over, pause(LOOK_EVERY_MS, false)]))) continue;
    if (await begun()) break;
    await remove();
    throw cannotStart((await attached)?.message ?? "the container did not start");
  }

  let killedBecause: string | undefined;
  let killed = false;
  const ended = async (): Promise<ContainerExit> => {
    await attached;
    let last = await state();
    for (; last.Status === "running" || last.Status === "stopping"; last = await state())
      await pause(LOOK_EVERY_MS);
    await remove();
    // Engines do not always notice that it was the memory: SIGKILL that nobody here sent was the kernel's.
    const reason = killedBecause ?? (last.ExitCode === KILLED && !killed ? OUT_OF_MEMORY : undefined);
    return { exitCode: last.ExitCode, ...(reason === undefined ? {} : { reason }) };
  };
  // A container that has ended meanwhile cannot be signalled any more.
  const send = (signal: string): void => void call("kill", "--signal", signal, name).catch(() => undefined);
  return {
    exited: ended(),
    signal: send,
    kill(reason) {
      killed = true;
      killedBecause ??= reason;
      send("KILL");
    },
  };
}
