import { killRemembered } from "../launcher/process-identity.ts";
import type { Ecs } from "../ecs.ts";
import { mayHaveRun, type TaskRecord } from "../model/task.ts";

/** AWS gives the stop code no text of its own; this is how it names a lost host. */
const hostLost = "Host terminated: ECS lost the underlying infrastructure hosting the task";

/**
 * After the cloud was ended, however it was: a task that may have run stops as if its host were lost, one that had not got
 * so far goes on starting, and events that the bus had not taken are told again.
 */
export function recover(ecs: Ecs): void {
  for (const task of ecs.tasks.all()) {
    if (task.lastStatus === "STOPPED") {
      if (task.toldVersion < task.version) ecs.changes.tell(task);
    } else if (mayHaveRun(task)) {
      loseHost(ecs, task);
    } else {
      ecs.changes.tell(task);
      ecs.lifecycle.begin(task);
    }
  }
}

function loseHost(ecs: Ecs, task: TaskRecord): void {
  const { changes } = ecs;
  for (const container of task.containers) {
    if (container.process !== undefined) killRemembered(container.process);
    delete container.process;
    container.lastStatus = "STOPPED";
  }
  changes.decideStop(task, "InfrastructureHealth", hostLost);
  const now = changes.now();
  changes.move(task, "DEPROVISIONING", { stoppingAt: task.stoppingAt ?? now, executionStoppedAt: now });
  changes.move(task, "STOPPED", {
    stoppedAt: now,
    tags: [],
    attachment: { ...task.attachment, status: "DELETED" },
  });
}
