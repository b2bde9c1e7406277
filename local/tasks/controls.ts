import { z } from "zod";
import { AwsError } from "../gateway/aws-error.ts";
import { changeSettings } from "../context/change-settings.ts";
import type { LocalService } from "../gateway/service.ts";
import type { Ecs } from "./ecs.ts";
import { isSpot, type TaskRecord } from "./model/task.ts";
import { settings } from "./settings.ts";

const aTask = z.strictObject({ taskArn: z.string() });
const spotInput = z.union([aTask, z.strictObject({ share: z.number().min(0).max(1) })], {
  error: "It takes {taskArn} or {share}, a number from 0 to 1.",
});

/** What AWS, an operator or bad luck may do to tasks, on demand. */
export function controls(ecs: Ecs): NonNullable<LocalService["controls"]> {
  return {
    /** {startDelayMs?, quotaVcpu?, throttling?, spotNoticeMs?} changes those; answers all. */
    settings: async (input) => changeSettings(settings, ecs.settings, input),
    /** {throttle?, failures?, noCapacity?, noAddress?, noStart?, slowStart?}, see faults.ts; null clears one; answers all. */
    faults: async (input) => ecs.faults.change(input),
    /** {taskArn} or {share} of the running Spot tasks; answers {interrupted: task ARNs}. */
    "interrupt-spot": async (input) => {
      const request = spotInput.parse(input);
      const asked = "taskArn" in request ? [taskOf(ecs, request.taskArn)] : ecs.tasks.all();
      const running = asked.filter((task) => isSpot(task) && task.desiredStatus === "RUNNING");
      const chosen = "share" in request ? sample(running, request.share) : running;
      for (const task of chosen) ecs.lifecycle.interrupt(task);
      return { interrupted: chosen.map(({ taskArn }) => taskArn) };
    },
    /** {taskArn}: SIGKILL to its processes. */
    kill: async (input) => {
      const task = taskOf(ecs, aTask.parse(input).taskArn);
      if (ecs.lifecycle.strike(task)) return {};
      throw new AwsError(
        "ConflictException",
        `Task ${task.taskArn} has no process: it is ${task.lastStatus}.`,
        409,
      );
    },
  };
}

/** @throws AwsError where there is none, or none any more: ECS forgets a stopped task after an hour */
function taskOf(ecs: Ecs, taskArn: string): TaskRecord {
  const task = ecs.tasks.all().find((candidate) => candidate.taskArn === taskArn);
  if (task !== undefined) return task;
  throw new AwsError("ResourceNotFoundException", `There is no task ${taskArn}.`, 404);
}

function sample(tasks: readonly TaskRecord[], share: number): TaskRecord[] {
  return tasks.toSorted(() => Math.random() - 0.5).slice(0, Math.round(tasks.length * share));
}
