import { z } from "zod";
import { AwsError } from "../gateway/aws-error.ts";
import { changeSettings } from "../context/change-settings.ts";
import type { LocalService } from "../gateway/service.ts";
import type { Ecs } from "./ecs.ts";
import { isSpot, type TaskRecord } from "./model/task.ts";
import { settings } from "./settings.ts";

const aTask = z.strictObject({ taskArn: z.string() });
const spotInput = z.union([aTask, z.strictObject({ share: z.number().min(0).max(1) })]);

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
      const running = ecs.tasks.all().filter((task) => isSpot(task) && task.desiredStatus === "RUNNING");
      const chosen =
        "taskArn" in request
          ? running.filter(({ taskArn }) => taskArn === request.taskArn)
          : sample(running, request.share);
      for (const task of chosen) ecs.lifecycle.interrupt(task);
      return { interrupted: chosen.map(({ taskArn }) => taskArn) };
    },
    /** {taskArn}: SIGKILL to its processes. */
    kill: async (input) => {
      const { taskArn } = aTask.parse(input);
      const task = ecs.tasks.all().find((candidate) => candidate.taskArn === taskArn);
      if (task === undefined || !ecs.lifecycle.strike(task)) {
        throw new AwsError("InvalidParameterException", `${taskArn} has no process.`);
      }
      return {};
    },
  };
}

function sample(tasks: readonly TaskRecord[], share: number): TaskRecord[] {
  return tasks.toSorted(() => Math.random() - 0.5).slice(0, Math.round(tasks.length * share));
}
