import type { DeploymentStateChange } from "#events/ecs/deployment-state-change.ts";
import type { ServiceAction } from "#events/ecs/service-action.ts";
import { classifyLaunchFailure, classifyStop } from "../classification/classify-stop.ts";
import type { FailureClass, Verdict } from "../classification/failure.ts";
import type { Pipelines } from "../pipelines/pipeline.ts";
import { MAIN_CONTAINER } from "../planning/run-request.ts";
import type { Trouble } from "../ports/messaging.ts";
import type { TaskSnapshot } from "../ports/task-launcher.ts";
import type { Failure } from "./failure.ts";

/*
 * What happens in the cluster and belongs to no run: tasks of services, tasks that somebody started by hand, and the scheduler of
 * services itself. Their restarts are ECS' business; a person hears what does not mend itself.
 */

/** The wish of somebody, or what ECS makes good by itself. */
const NOBODY_NEEDS_TO_KNOW: ReadonlySet<FailureClass | "succeeded"> = new Set([
  "succeeded",
  "scaling",
  "cancelled",
  "spot-interruption",
]);

const SERVICE = "service:";
/** The task definitions of our pipelines begin so; a family of others is no pipeline's, whatever its name ends with. */
const OWN_FAMILY = "family:slipway-";

/** What a stopped task that belongs to no run tells administrators; undefined where nobody has to act. */
export function troubleOfTask(task: TaskSnapshot, pipelines: Pipelines, now: Date): Trouble | undefined {
  const { taskArn, group = "family:unknown", stoppedAt } = task;
  const mainContainer = mainOf(task);
  const verdict = classifyStop({ ...task, mainContainer });
  if (NOBODY_NEEDS_TO_KNOW.has(verdict.class)) return undefined;
  return {
    troubleId: taskArn.slice(taskArn.lastIndexOf("/") + 1),
    about: "task",
    pipeline: ownerOf(group, pipelines),
    class: verdict.class === "succeeded" ? "unknown" : verdict.class,
    reason: verdict.reason,
    advice: verdict.advice,
    at: stoppedAt === undefined ? now.toISOString() : new Date(stoppedAt).toISOString(),
    taskArn,
  };
}

/** In a task of others it has any name: the one that failed speaks. */
function mainOf({ containers }: TaskSnapshot): string {
  if (containers.some(({ name }) => name === MAIN_CONTAINER)) return MAIN_CONTAINER;
  const speaker =
    containers.find(({ exitCode = 0, reason }) => exitCode !== 0 || reason !== undefined) ?? containers[0];
  return speaker?.name ?? MAIN_CONTAINER;
}

/** Our services and families are named after their pipeline, with the stage in front. @param group ECS' "service:name" or "family:name" */
function ownerOf(group: string, pipelines: Pipelines): string {
  if (!group.startsWith(SERVICE) && !group.startsWith(OWN_FAMILY)) return group;
  const name = group.slice(group.indexOf(":") + 1);
  const owners = Object.keys(pipelines).filter(
    (pipeline) => name === pipeline || name.endsWith(`-${pipeline}`),
  );
  return owners.toSorted((one, other) => other.length - one.length)[0] ?? group;
}

const IMPAIRED: Omit<Verdict, "retry"> = {
  class: "application",
  reason: "ECS starts the service's tasks again and again, and they do not stay.",
  advice: "Look at the log and the stop reason of its last tasks.",
};

/** What the scheduler of services tells administrators; undefined where all is well. */
export function failureOfService(
  event: ServiceAction | DeploymentStateChange,
  pipelines: Pipelines,
): Failure | undefined {
  const { detail, resources, id, time } = event;
  if (detail.eventType === "INFO") return undefined;
  const service = (resources[0] ?? "").split("/").at(-1) ?? "";
  const { class: failureClass, reason, advice } = verdictOf(event);
  return {
    failureId: id,
    pipeline: ownerOf(`${SERVICE}${service}`, pipelines),
    class: failureClass === "succeeded" ? "unknown" : failureClass,
    reason,
    advice,
    at: new Date(time).toISOString(),
    of: { type: "service", service },
    ...(detail.eventName === "SERVICE_TASK_START_IMPAIRED" ? { isEcho: true } : {}),
  };
}

function verdictOf({ detail }: ServiceAction | DeploymentStateChange): Omit<Verdict, "retry"> {
  const { eventName, reason = "" } = detail;
  switch (eventName) {
    case "SERVICE_TASK_START_IMPAIRED":
      return IMPAIRED;
    case "SERVICE_TASK_PLACEMENT_FAILURE":
    case "SERVICE_TASK_CONFIGURATION_FAILURE":
      return classifyLaunchFailure({ text: reason === "" ? eventName : reason });
    case "SERVICE_DEPLOYMENT_FAILED":
      return {
        class: "configuration",
        reason: `The deployment of the service failed and is rolled back (${reason || "no reason given"}).`,
        advice: "Look at the stop reason and the log of its new tasks, correct it, and deploy again.",
      };
    case "ECS_OPERATION_THROTTLED":
    case "SERVICE_DISCOVERY_OPERATION_THROTTLED":
      return {
        class: "throttled",
        reason: `ECS cannot see to the service as often as it would, for AWS asks it for fewer calls (${eventName}).`,
        advice: "Wait; if it goes on, look at what else in the account calls the same services.",
      };
    default:
      return {
        class: "unknown",
        reason: `ECS says of the service: ${eventName}${reason === "" ? "" : ` (${reason})`}.`,
        advice: "Look at the events of the service in the ECS console.",
      };
  }
}
