import { createInterface } from "node:readline";

const groups = new Set<number>();

for await (const line of createInterface({ input: process.stdin })) {
  const groupId = Number(line.slice(1));
  if (line.startsWith("+")) groups.add(groupId);
  else groups.delete(groupId);
}

for (const groupId of groups) {
  try {
    process.kill(-groupId, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
