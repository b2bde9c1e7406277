import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import { cannotStart, type ContainerProcess } from "./launcher.ts";
import { LineSplitter } from "./line-splitter.ts";
import { killGroup, signalGroup } from "./process-identity.ts";
import type { ProcessUser } from "./process-user.ts";
import { endStragglers } from "./stragglers.ts";

export interface ContainerCommand {
  readonly words: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The name of a variable of the environment whose value no other container has. */
  readonly ownVariable: string;
  /** Undefined: the cloud's own. */
  readonly user: ProcessUser | undefined;
  /** Lines of standard output and standard error. */
  onLines(lines: readonly string[]): void;
}

/** Output that a process which escaped from its group holds open is waited for no longer than this. */
const outputGraceMs = 1000;

/**
 * Runs a container's command as a process group of its own.
 * @throws Error in the words of Fargate where the command cannot be run
 */
export async function startContainer(
  command: ContainerCommand,
): Promise<ContainerProcess & { readonly pid: number }> {
  const [file, ...args] = command.words;
  if (file === undefined) throw cannotStart("no command specified");
  const child = spawn(file, args, {
    cwd: command.folder,
    env: command.environment,
    ...(command.user === undefined ? {} : { uid: command.user.uid, gid: command.user.gid }),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = Promise.all([readLines(child.stdout, command), readLines(child.stderr, command)]);
  try {
    await once(child, "spawn");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw cannotStart(
      code === "ENOENT" ? `exec: "${file}": executable file not found in $PATH: unknown` : message,
    );
  }
  const pid = child.pid ?? 0;
  let killedBecause: string | undefined;
  return {
    pid,
    exited: waitForExit(child, output, command).then((exitCode) => ({
      exitCode,
      ...(killedBecause === undefined ? {} : { reason: killedBecause }),
    })),
    signal: (name) => void signalGroup(pid, /^\d+$/.test(name) ? Number(name) : (name as NodeJS.Signals)),
    kill(reason) {
      killedBecause ??= reason;
      killGroup(pid);
    },
  };
}

async function waitForExit(
  child: ChildProcess,
  output: Promise<unknown>,
  { environment, ownVariable: name }: ContainerCommand,
): Promise<number> {
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  // When the first process of a container ends, the others end with it.
  const leader = child.pid ?? 0;
  killGroup(leader);
  await endStragglers({ leader, variable: { name, value: environment[name] ?? "" } });
  const grace = AbortSignal.timeout(outputGraceMs);
  await Promise.race([output, once(grace, "abort")]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

async function readLines(stream: Readable, command: ContainerCommand): Promise<void> {
  const splitter = new LineSplitter();
  const give = (lines: readonly string[]): void => {
    if (lines.length > 0) command.onLines(lines);
  };
  stream.on("data", (chunk: Buffer) => give(splitter.push(chunk)));
  await new Promise((resolve) => stream.once("close", resolve).once("error", resolve));
  give(splitter.end());
}
