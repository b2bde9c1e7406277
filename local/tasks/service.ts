import { rmSync } from "node:fs";
import { join } from "node:path";
import type { CloudContext, ServicePort, TaskStarter } from "../context/cloud-context.ts";
import { inputCheck, ecsWording } from "../gateway/constraints/input-check.ts";
import { jsonProtocol, type JsonOperation } from "../gateway/json-protocol.ts";
import type { LocalService } from "../gateway/service.ts";
import { AgentEndpoint } from "./agent/agent-endpoint.ts";
import { answerProtection } from "./agent/protection-endpoint.ts";
import { controls } from "./controls.ts";
import { authorizeOf, trusted, type Ecs } from "./ecs.ts";
import { taskFaults } from "./faults.ts";
import { runTask } from "./launch/run-task.ts";
import { engineLauncher } from "./launcher/containers/engine-launcher.ts";
import type { ContainerLauncher } from "./launcher/launcher.ts";
import { processLauncher } from "./launcher/process-launcher.ts";
import { MemoryGuard } from "./launcher/memory-guard.ts";
import { Reaper } from "./launcher/reaper.ts";
import { recover } from "./lifecycle/recovery.ts";
import { TaskChanges } from "./lifecycle/task-changes.ts";
import { TaskLifecycle } from "./lifecycle/task-lifecycle.ts";
import { operations, runTaskBuckets } from "./operations.ts";
import { clusterResources } from "./resources/clusters.ts";
import { taskDefinitionResource } from "./resources/task-definition.ts";
import { capacityPort } from "./services/capacity-port.ts";
import { taskMeasures } from "./services/measures.ts";
import { serviceResource } from "./services/service-resource.ts";
import { ServiceScheduler } from "./services/scheduler.ts";
import { ServiceStore } from "./services/service-store.ts";
import { TaskUsage } from "./services/task-usage.ts";
import { settings as settingsSchema } from "./settings.ts";
import { ClusterStore } from "./state/cluster-store.ts";
import { DefinitionStore } from "./state/definition-store.ts";
import { TaskStore } from "./state/task-store.ts";
import { Throttle } from "./throttle.ts";

/**
 * Amazon ECS on Fargate: tasks are child processes of the cloud, launched from the Dockerfile of the folder that the image name points
 * to; or, with `containers`, containers of docker, podman or finch.
 */
export function createTasksService(
  context: CloudContext,
  options: { readonly containers?: boolean } = {},
): LocalService & TaskStarter & { readonly port: ServicePort } {
  const agent = new AgentEndpoint(context);
  const guard = new MemoryGuard();
  const reaper = new Reaper(() => agent.mark);
  const launcher = options.containers === true ? engineLauncher(context) : processLauncher(context);
  const ecs = assemble(context, { agent, guard, reaper, launcher });
  const usage = new TaskUsage(ecs);
  return {
    name: "tasks",
    signingNames: ["ecs"],
    handle: jsonProtocol({
      version: "1.1",
      service: "ECS",
      check: inputCheck("ecs", ecsWording),
      operations: served(ecs),
    }),
    resources: [...clusterResources(ecs), taskDefinitionResource(ecs), serviceResource(ecs)],
    faults: ecs.faults,
    controls: controls(ecs),
    port: capacityPort(ecs),
    measures: { gauges: () => taskMeasures(ecs, usage) },
    async runTask(input) {
      ecs.throttle.admit("RunTask", runTaskBuckets);
      const { failures } = runTask(ecs, { ...input }, trusted);
      for (const failure of failures) context.report(`ECS RunTask: ${JSON.stringify(failure)}`);
    },
    async start() {
      rmSync(join(context.dataDir, "tasks", "scratch"), { recursive: true, force: true });
      await launcher.open();
      await agent.start((request) => answerProtection(ecs, request));
      recover(ecs);
      ecs.scheduler.start();
      usage.start();
    },
    clockMoved() {
      ecs.scheduler.tick();
    },
    async stop() {
      usage.stop();
      ecs.scheduler.stop();
      await ecs.lifecycle.halt();
      guard.close();
      await reaper.close();
      await agent.stop();
    },
  };
}

function assemble(
  context: CloudContext,
  parts: { agent: AgentEndpoint; guard: MemoryGuard; reaper: Reaper; launcher: ContainerLauncher },
): Ecs {
  const now = (): number => context.clock.now();
  const settings = settingsSchema.parse({});
  const faults = taskFaults(now);
  const tasks = new TaskStore(context);
  const changes = new TaskChanges(context, tasks);
  const definitions = new DefinitionStore(context);
  const host = { context, ...parts, save: (task: Parameters<typeof changes.save>[0]) => changes.save(task) };
  const ecs: Ecs = {
    context,
    clusters: new ClusterStore(context),
    definitions,
    tasks,
    changes,
    lifecycle: new TaskLifecycle({ host, changes, definitions, settings, faults }),
    settings,
    faults,
    throttle: new Throttle(now, settings, faults),
    services: new ServiceStore(context),
    get scheduler() {
      return scheduler;
    },
  };
  const scheduler = new ServiceScheduler(ecs);
  return ecs;
}

/** Every call pays its rate before anything is looked at, as at the door of AWS. */
function served(ecs: Ecs): Record<string, JsonOperation> {
  const entries = Object.entries(operations).map(([name, { run, buckets }]): [string, JsonOperation] => [
    name,
    async (input, request) => {
      ecs.throttle.admit(name, buckets);
      return run(ecs, input, authorizeOf(request));
    },
  ]);
  return Object.fromEntries(entries);
}
