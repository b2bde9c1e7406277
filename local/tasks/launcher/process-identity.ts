import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { ProcessIdentity } from "../model/task.ts";

/**
 * When a process began, in a form to compare: numbers of processes are given again, so that a number alone may point to a
 * stranger after a crash. Undefined where there is no such process.
 */
export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = process.platform === "linux" ? linuxStart(pid) : psStart(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** Field 22 of /proc/PID/stat, ticks since boot, with the boot that it counts from. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function linuxStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${ticks ?? ""}`;
  } catch {
    return undefined;
  }
}

function psStart(pid: number): string | undefined {
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Ends what is left of a process group with SIGKILL. One that is gone already is a success. */
export function killGroup(groupId: number): void {
  signalGroup(groupId, "SIGKILL");
}

/** @returns whether there was anybody to receive it */
export function signalGroup(groupId: number, signal: NodeJS.Signals | number): boolean {
  try {
    return process.kill(-groupId, signal);
  } catch (error) {
    if (["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

/** Ends a process group of an earlier life of the cloud, unless its number belongs to somebody else by now. */
export function killRemembered(remembered: ProcessIdentity): void {
  if (identify(remembered.pid)?.startedAt === remembered.startedAt) killGroup(remembered.pid);
}
