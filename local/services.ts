import type { CloudContext } from "./context/cloud-context.ts";
import { createEventsService } from "./events/service.ts";
import { createFunctionsService } from "./functions/service.ts";
import type { LocalService, ServiceMeasures } from "./gateway/service.ts";
import { createIdentityService } from "./identity/service.ts";
import { createLogsService } from "./logs/service.ts";
import { createMonitoringService } from "./monitoring/service.ts";
import { createObjectsService } from "./objects/service.ts";
import { createParametersService } from "./parameters/service.ts";
import { createQueuesService } from "./queues/service.ts";
import { createRegistryService } from "./registry/service.ts";
import { createScalingService } from "./scaling/service.ts";
import { createSchedulerService } from "./scheduler/service.ts";
import { createSecretsService } from "./secrets/service.ts";
import { createStacksService } from "./stacks/service.ts";
import { createTablesService } from "./tables/service.ts";
import { createTasksService } from "./tasks/service.ts";
import { createTopicsService } from "./topics/service.ts";

export type CloudServices = ReturnType<typeof createServices>;

/** Makes every service, in the order in which they start; none uses another's port before it is started. */
export function createServices(
  context: CloudContext,
  options: { readonly containers?: boolean; readonly smtp?: string | undefined } = {},
) {
  const all: LocalService[] = [];
  const measured = (): ServiceMeasures[] => all.flatMap(({ measures }) => measures ?? []);
  const made = {
    identity: createIdentityService(context),
    queues: createQueuesService(context),
    topics: createTopicsService(context, options.smtp),
    tables: createTablesService(context),
    objects: createObjectsService(context),
    logs: createLogsService(context),
    monitoring: createMonitoringService(context, measured),
    events: createEventsService(context),
    tasks: createTasksService(context, options),
    functions: createFunctionsService(context),
    registry: createRegistryService(context),
    scaling: createScalingService(context),
    parameters: createParametersService(context),
    secrets: createSecretsService(context),
    scheduler: createSchedulerService(context),
  };
  all.push(...Object.values(made));
  const providers = all.flatMap(({ resources }) => resources ?? []);
  return { ...made, stacks: createStacksService(context, providers) };
}
