import { spawn } from "node:child_process";
import { LineSplitter } from "../tasks/launcher/line-splitter.ts";

export interface EngineCall {
  readonly args: readonly string[];
  /** An engine whose daemon hangs must not hang its caller; undefined only for what lasts as long as a container. */
  readonly timeoutMs: number | undefined;
  /** Written to standard input, e.g. a password, which must not stand among the arguments. */
  readonly input?: string;
  /** Gets each line of both outputs as it comes. */
  readonly onLine?: (line: string) => void;
  readonly environment?: Readonly<Record<string, string>>;
  /** Where it runs; the folder of this process where it is not said. */
  readonly folder?: string;
  readonly signal?: AbortSignal;
}

/** A call that ended badly; the message has the engine's own last words. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}

/** How much of what an engine said goes into an error. */
const LAST_LINES = 30;

/**
 * Runs one command of a container engine to its end.
 * @returns its standard output
 * @throws EngineError where it is not there, fails, or takes longer than it may
 */
export async function callEngine(command: string, call: EngineCall): Promise<string> {
  const shown = `${command} ${call.args[0] ?? ""}`.trim();
  const child = spawn(command, call.args, {
    env: { ...process.env, ...call.environment },
    stdio: ["pipe", "pipe", "pipe"],
    ...(call.folder === undefined ? {} : { cwd: call.folder }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  });
  let timedOut = false;
  const end = (): void => {
    timedOut = true;
    child.kill("SIGKILL");
  };
  const timer = call.timeoutMs === undefined ? undefined : setTimeout(end, call.timeoutMs);
  const said: string[] = [];
  const hear = (lines: readonly string[]): void => {
    said.push(...lines);
    said.splice(0, said.length - LAST_LINES);
    for (const line of lines) call.onLine?.(line);
  };
  const output: Buffer[] = [];
  const splitters = { stdout: new LineSplitter(), stderr: new LineSplitter() };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk: Buffer) => {
      if (name === "stdout") output.push(chunk);
      hear(splitters[name].push(chunk));
    });
    child[name].on("end", () => hear(splitters[name].end()));
  }
  // An engine that ends before it has read its input is told of by its exit code.
  child.stdin.on("error", () => undefined).end(call.input);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (timedOut)
      throw new EngineError(`${shown} did not end within ${(call.timeoutMs ?? 0) / 1000} seconds.`);
    if (code !== 0) throw new EngineError(`${shown} failed (exit ${code}):\n${said.join("\n")}`);
    return Buffer.concat(output).toString("utf8");
  } catch (error) {
    if (error instanceof EngineError || call.signal?.aborted === true) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new EngineError(code === "ENOENT" ? `${command} is not installed.` : `${shown}: ${message}`);
  } finally {
    clearTimeout(timer);
  }
}
