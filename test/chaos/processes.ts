import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

/** A process as `ps` sees it; number and start time together are its own for ever. */
export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  readonly started: string;
  readonly command: string;
}

const run = promisify(execFile);
/** pid, parent, state, start as "Sun Nov 22 23:00:00 2026", command. */
const LINE = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/;
const MAX_BYTES = 16 * 1024 * 1024;

/** Every process of the machine that is not a zombie. */
export async function listProcesses(): Promise<SeenProcess[]> {
  const { stdout } = await run("ps", ["-axo", "pid=,ppid=,stat=,lstart=,args="], {
    maxBuffer: MAX_BYTES,
    env: { ...process.env, LC_ALL: "C" },
  });
  return stdout.split("\n").flatMap((line) => {
    const [, pid, parent, state = "", started = "", command = ""] = LINE.exec(line) ?? [];
    if (pid === undefined || state.startsWith("Z")) return [];
    return [{ pid: Number(pid), parent: Number(parent), started, command }];
  });
}

/** The children of a process, their children, and so on. */
export function descendantsOf(pid: number, all: readonly SeenProcess[]): SeenProcess[] {
  const children = all.filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child, ...descendantsOf(child.pid, all)]);
}

/** Those of the processes that live still. */
export async function stillAlive(seen: readonly SeenProcess[]): Promise<SeenProcess[]> {
  const alive = new Set((await listProcesses()).map(({ pid, started }) => `${pid} ${started}`));
  return seen.filter(({ pid, started }) => alive.has(`${pid} ${started}`));
}

/** A variable of a process' environment, where the system shows it (Linux does). */
export function variableOf(pid: number, name: string): string | undefined {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    return variables.find((variable) => variable.startsWith(`${name}=`))?.slice(name.length + 1);
  } catch {
    return undefined;
  }
}
