import type { CloudContext } from "./context/cloud-context.ts";
import { createEventsService } from "./events/service.ts";
import { createFunctionsService } from "./functions/service.ts";
import { createIdentityService } from "./identity/service.ts";
import { createObjectsService } from "./objects/service.ts";
import { createQueuesService } from "./queues/service.ts";
import { createStacksService } from "./stacks/service.ts";
import type { LocalService } from "./gateway/service.ts";
import { createTablesService } from "./tables/service.ts";
import { createTasksService } from "./tasks/service.ts";
import { createTopicsService } from "./topics/service.ts";

export type CloudServices = ReturnType<typeof createServices>;

/** Makes every service, in the order in which they start; none uses another's port before it is started. */
export function createServices(context: CloudContext) {
  const identity = createIdentityService(context);
  const queues = createQueuesService(context);
  const topics = createTopicsService(context);
  const tables = createTablesService(context);
  const objects = createObjectsService(context);
  const events = createEventsService(context);
  const tasks = createTasksService(context);
  const functions = createFunctionsService(context);
  const logs = {
    name: "logs",
    signingNames: [],
    handle: () => Promise.reject(new Error("soon")),
    append: () => undefined,
  };
  const served = [identity, queues, topics, tables, objects, events, tasks, functions, logs];
  const stacks = createStacksService(
    context,
    served.flatMap((service: LocalService) => service.resources ?? []),
  );
  return { identity, queues, topics, tables, objects, logs, events, tasks, functions, stacks };
}
