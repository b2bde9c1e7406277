import type { Ports } from "./world/ports.ts";

/* What planted bugs are made of: ports of which some methods are others. */

/** The same port with some of its methods replaced; the others work on as they did. */
export function instead<Port extends object>(port: Port, replaced: Partial<Port>): Port {
  return Object.assign(Object.create(port) as Port, replaced);
}

export function withJobs(ports: Ports, replaced: (jobs: Ports["jobs"]) => Partial<Ports["jobs"]>): Ports {
  return { ...ports, jobs: instead(ports.jobs, replaced(ports.jobs)) };
}

export function withRuns(ports: Ports, replaced: (runs: Ports["runs"]) => Partial<Ports["runs"]>): Ports {
  return { ...ports, runs: instead(ports.runs, replaced(ports.runs)) };
}

export function withLauncher(
  ports: Ports,
  replaced: (launcher: Ports["launcher"]) => Partial<Ports["launcher"]>,
): Ports {
  return { ...ports, launcher: instead(ports.launcher, replaced(ports.launcher)) };
}

/** The same item without one of its optional members. */
export function without<Item extends object, Name extends keyof Item>(
  name: Name,
  item: Item,
): Omit<Item, Name> {
  const { [name]: _, ...rest } = item;
  return rest;
}
