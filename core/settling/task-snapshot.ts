import type { TaskStateChange } from "#events/ecs/task-state-change.ts";
import type { TaskSnapshot } from "../ports/task-launcher.ts";

/** What the event says of the task, in the shape that DescribeTasks' answer is reduced to as well. */
export function taskSnapshotOf(event: TaskStateChange): TaskSnapshot {
  const { detail } = event;
  const optional = {
    desiredStatus: detail.desiredStatus,
    startedBy: detail.startedBy,
    group: detail.group,
    stopCode: detail.stopCode,
    stoppedReason: detail.stoppedReason,
    capacityProviderName: detail.capacityProviderName,
    cpu: detail.cpu,
    memory: detail.memory,
    createdAt: detail.createdAt,
    pullStartedAt: detail.pullStartedAt,
    startedAt: detail.startedAt,
    stoppedAt: detail.stoppedAt,
  };
  return {
    taskArn: detail.taskArn,
    clusterArn: detail.clusterArn,
    lastStatus: detail.lastStatus,
    version: detail.version,
    ...withoutUndefined(optional),
    containers: detail.containers.map(({ name, exitCode, reason, lastStatus }) => ({
      name,
      ...withoutUndefined({ exitCode, reason, lastStatus }),
    })),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(members: T): Defined<T> {
  const defined: Partial<T> = {};
  for (const name in members) if (members[name] !== undefined) defined[name] = members[name];
  return defined as Defined<T>;
}
