import { isProtected, taskStatuses, type TaskRecord } from "../model/task.ts";
import { isRunning, isWanted, primaryOf, type ServiceRecord } from "./service-record.ts";

/** What the scheduler does next. */
export interface TaskPlan {
  /** How many tasks of the primary deployment to launch. */
  readonly start: number;
  readonly stop: readonly TaskRecord[];
}

/**
 * Leads a service towards its desired count and its primary deployment: never more tasks than maximumPercent, never fewer
 * running ones than minimumHealthyPercent for the sake of a deployment, and no protected task is stopped.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
 * @param tasks of the service, not stopped
 */
export function planTasks(service: ServiceRecord, tasks: readonly TaskRecord[], now: number): TaskPlan {
  const primary = primaryOf(service);
  const wanted = tasks.filter((task) => isWanted(task));
  if (service.status !== "ACTIVE") return { start: 0, stop: wanted };
  const { desiredCount: desired, deploymentConfiguration: percent } = service;
  const current = wanted.filter(({ startedBy }) => startedBy === primary.id);
  const old = wanted.filter(({ startedBy }) => startedBy !== primary.id);

  const surplus = stoppable(current, now).slice(0, Math.max(0, current.length - desired));
  const least = Math.ceil((desired * percent.minimumHealthyPercent) / 100);
  const spare =
    wanted.filter((task) => isRunning(task)).length -
    surplus.filter((task) => isRunning(task)).length -
    least;
  const retired = retire(stoppable(old, now), spare);

  const most = Math.floor((desired * percent.maximumPercent) / 100);
  const room = most - tasks.filter((task) => occupiesPlace(task)).length;
  const start = primary.rolloutState === "FAILED" ? 0 : Math.max(0, Math.min(desired - current.length, room));
  return { start, stop: [...surplus, ...retired] };
}

/** PENDING or RUNNING in the scheduler's eyes, also where its stop is decided and has not begun. */
const occupiesPlace = ({ lastStatus }: TaskRecord): boolean =>
  taskStatuses.indexOf(lastStatus) <= taskStatuses.indexOf("RUNNING");

/** Tasks that may be stopped, those first that are missed least: not yet running, then the youngest. */
function stoppable(tasks: readonly TaskRecord[], now: number): TaskRecord[] {
  return tasks
    .filter((task) => !isProtected(task, now))
    .toSorted((a, b) => Number(isRunning(a)) - Number(isRunning(b)) || b.createdAt - a.createdAt);
}

/** What is not running serves nobody and goes at once; of the running ones as many as can be spared. */
function retire(tasks: readonly TaskRecord[], spare: number): TaskRecord[] {
  const running = tasks.filter((task) => isRunning(task));
  return [...tasks.filter((task) => !isRunning(task)), ...running.slice(0, Math.max(0, spare))];
}
