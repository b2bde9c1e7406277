import { readFileSync, statSync, type Stats } from "node:fs";
import { dirname } from "node:path";

/** Whom a container's process runs as. */
export interface ProcessUser {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/**
 * `user`, `uid`, `user:group`, `uid:gid`, `uid:group` or `user:gid`, among the users of this machine: the image's own are not known
 * here. A number needs no entry.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html#ECS-Type-ContainerDefinition-user
 * @returns undefined where the machine does not know a name
 */
export function machineUser(text: string): ProcessUser | undefined {
  const [user = "", group] = text.split(":");
  const entry = entries("/etc/passwd").find(([name, , uid]) => name === user || uid === user);
  const uid = idOf(user, entry?.[2]);
  const gid =
    group === undefined
      ? Number(entry?.[3] ?? 0)
      : idOf(group, entries("/etc/group").find(([name]) => name === group)?.[2]);
  if (uid === undefined || gid === undefined) return undefined;
  return { uid, gid, home: entry?.[5] ?? "/" };
}

const idOf = (text: string, known: string | undefined): number | undefined => {
  const id = /^\d+$/.test(text) ? text : known;
  return id === undefined ? undefined : Number(id);
};

function entries(file: string): string[][] {
  return readFileSync(file, "utf8")
    .split("\n")
    .map((line) => line.split(":"));
}

/** Whether the user may list the folder and pass through all that lead to it, by their modes. */
export function mayEnter(folder: string, user: ProcessUser): boolean {
  const READ_AND_PASS = 0o5;
  const PASS = 0o1;
  if (!has(READ_AND_PASS, statSync(folder), user)) return false;
  for (let path = folder; dirname(path) !== path; path = dirname(path))
    if (!has(PASS, statSync(dirname(path)), user)) return false;
  return true;
}

function has(bits: number, { mode, uid, gid }: Stats, user: ProcessUser): boolean {
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}
