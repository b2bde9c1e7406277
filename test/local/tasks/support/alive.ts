import { readFileSync } from "node:fs";

/** Whether there is such a process. Linux only. */
export function isAlive(pid: number): boolean {
  try {
    // A zombie that nobody has waited for yet is dead all the same.
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}
