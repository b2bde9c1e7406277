import { z } from "zod";
import type { CloudContext } from "../context/cloud-context.ts";
import { inputCheck, withCode } from "../gateway/constraints/input-check.ts";
import { restJson } from "../gateway/rest-protocol.ts";
import type { LocalService } from "../gateway/service.ts";
import { groupRoutes } from "./group-routes.ts";
import { Invoker } from "./invoker.ts";
import { schedulerResources } from "./resources.ts";
import { scheduleRoutes } from "./schedule-routes.ts";
import { ScheduleStore } from "./schedule-store.ts";
import { Ticker } from "./ticker.ts";

const fireInput = z.strictObject({ name: z.string(), group: z.string().optional() });

/** EventBridge Scheduler: at, rate and cron in time zones, templated targets, retries and dead letters. */
export function createSchedulerService(context: CloudContext): LocalService {
  const store = new ScheduleStore(context);
  const invoker = new Invoker(context);
  const ticker = new Ticker(context, store, invoker);
  return {
    name: "scheduler",
    signingNames: ["scheduler"],
    handle: restJson({
      service: "EventBridge Scheduler",
      check: inputCheck("scheduler", withCode("ValidationException", true)),
      routes: [...scheduleRoutes(context, store), ...groupRoutes(store)],
    }),
    resources: schedulerResources(context, store),
    controls: {
      /** {name, group?}: invokes the target once, now, beside the schedule. */
      fire: async (input) => {
        const { name, group } = fireInput.parse(input);
        const schedule = store.schedule(name, group);
        invoker.accept(schedule, context.clock.now());
        invoker.tick();
        return { schedule: schedule.arn };
      },
    },
    clockMoved: () => ticker.tick(),
    async start() {
      invoker.start();
      ticker.start();
    },
    async stop() {
      ticker.stop();
      await invoker.stop();
    },
  };
}
