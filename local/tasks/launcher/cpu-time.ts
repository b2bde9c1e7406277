import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";

/** Linux counts in hundredths of a second on all of its usual builds. */
const ticksPerSecond = 100;

/** Seconds of processor time that each process and its descendants have used, by the number of the first. */
export async function cpuSeconds(leaders: readonly number[]): Promise<Map<number, number>> {
  if (leaders.length === 0) return new Map();
  const rows = process.platform === "linux" ? linuxRows() : await psRows();
  const total = (pid: number): number =>
    rows.reduce((sum, row) => {
      if (row.pid === pid) return sum + row.seconds;
      return row.parent === pid ? sum + total(row.pid) : sum;
    }, 0);
  return new Map(leaders.map((pid) => [pid, total(pid)]));
}

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly seconds: number;
}

/** man 5 proc: behind the name in brackets, the parent is the 2nd field, the times are the 12th to 15th. */
function linuxRows(): Row[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
      return [{ pid: Number(name), parent: Number(fields[1]), seconds: ticks / ticksPerSecond }];
    } catch {
      // It has ended between being listed and being read.
      return [];
    }
  });
}

async function psRows(): Promise<Row[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,time="]);
  return stdout.split("\n").flatMap((line) => {
    const [pid, parent, time] = line.trim().split(/\s+/);
    if (time === undefined) return [];
    const seconds = time.split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0);
    return [{ pid: Number(pid), parent: Number(parent), seconds }];
  });
}
