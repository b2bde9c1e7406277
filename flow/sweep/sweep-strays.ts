import type { TaskPage } from "#core/ports/task-launcher.ts";
import { runIdOf } from "#core/runs/run.ts";
import { followTask } from "../track-task.ts";
import { isOutOfTime, type SweepPorts, trying } from "./ports.ts";

/**
 * Looks at the tasks of the cluster that no flight told of: those whose run is over, or has another task, work for nobody and are
 * stopped; one that ECS made without our hearing of it is given to its run.
 * @param from where the tick before had to stop; "" for the beginning
 * @param known tasks that were looked at with their flights
 * @returns where this one stops; "" where it has seen all
 */
export async function sweepStrays(
  from: string,
  known: ReadonlySet<string>,
  ports: SweepPorts,
): Promise<string> {
  let token = from;
  do {
    const { taskArns, next = "" } = await pageFrom(token, ports);
    await followSome(
      taskArns.filter((taskArn) => !known.has(taskArn)),
      ports,
    );
    token = next;
  } while (token !== "" && !isOutOfTime(ports));
  return token;
}

/** Nobody says how long ECS knows a token: behind one that it has forgotten the list begins anew. */
async function pageFrom(token: string, { launcher, log }: SweepPorts): Promise<TaskPage> {
  if (token === "") return launcher.list();
  try {
    return await launcher.list(token);
  } catch (error) {
    log.warn("The list of tasks begins anew", { error: String(error) });
    return launcher.list();
  }
}

async function followSome(taskArns: readonly string[], ports: SweepPorts): Promise<void> {
  if (taskArns.length === 0) return;
  for (const task of await ports.launcher.describe(taskArns)) {
    // Of a service, or of somebody's hand.
    if (runIdOf(task.startedBy) === undefined) continue;
    await trying(`Task ${task.taskArn} could not be followed`, ports, () => followTask(task, ports));
  }
}
