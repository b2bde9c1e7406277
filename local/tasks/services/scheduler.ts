import { AwsError } from "../../gateway/aws-error.ts";
import type { Ecs } from "../ecs.ts";
import { trusted } from "../ecs.ts";
import { runTask } from "../launch/run-task.ts";
import { lastPart } from "../model/arns.ts";
import type { TaskRecord } from "../model/task.ts";
import { Deployments } from "./deployments.ts";
import { launchInput, managedTags } from "./launch-input.ts";
import { planTasks } from "./plan-tasks.ts";
import { ServiceEvents } from "./service-events.ts";
import { isRunning, isWanted, primaryOf, type ServiceRecord } from "./service-record.ts";
import { serviceOf, tasksOf } from "./service-tasks.ts";

/** How often services are looked at where nothing wakes the scheduler: for back-offs and protections that end. */
const tickMs = 500;
const hourMs = 3_600_000;
/** The longest pause between launches that fail. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html */
const longestPauseMs = 27 * 60_000;
/** RunTask takes no more at once. */
const perCall = 10;

/**
 * Keeps each service at its desired count and leads its deployments to their end.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
 */
export class ServiceScheduler {
  readonly deployments: Deployments;
  readonly events: ServiceEvents;
  readonly #ecs: Ecs;
  #timer: NodeJS.Timeout | undefined;
  readonly #woken = new Set<string>();
  #halted = false;

  constructor(ecs: Ecs) {
    this.#ecs = ecs;
    this.events = new ServiceEvents(ecs.context);
    this.deployments = new Deployments(this.events, () => ecs.context.clock.now());
    ecs.changes.onMove((task) => this.#moved(task));
  }

  start(): void {
    this.#timer = setInterval(() => this.tick(), tickMs);
    this.tick();
  }

  stop(): void {
    this.#halted = true;
    clearInterval(this.#timer);
  }

  /** Looks at every service now. */
  tick(): void {
    for (const service of this.#ecs.services.all()) this.#look(service);
  }

  /** Looks at the service soon: after what is going on has been answered. */
  wake(service: ServiceRecord): void {
    if (this.#woken.has(service.serviceArn)) return;
    this.#woken.add(service.serviceArn);
    setImmediate(() => {
      this.#woken.delete(service.serviceArn);
      this.#look(service);
    });
  }

  get halted(): boolean {
    return this.#halted;
  }

  #moved(task: TaskRecord): void {
    const service = serviceOf(this.#ecs, task);
    if (service === undefined) return;
    const deployment = service.deployments.find(({ id }) => id === task.startedBy);
    if (deployment !== undefined && task.lastStatus === "RUNNING") {
      deployment.failuresInRow = 0;
      deployment.impaired = false;
      if (service.deploymentConfiguration.deploymentCircuitBreaker.resetOnHealthyTask)
        deployment.failedTasks = 0;
    }
    if (task.lastStatus === "STOPPED" && task.stopCode !== "ServiceSchedulerInitiated") {
      if (task.startedAt === undefined) this.#launchFailed(service, task.startedBy);
      else this.#pause(service, this.#ecs.settings.serviceRetryMs);
    }
    this.wake(service);
  }

  #look(service: ServiceRecord): void {
    if (this.#halted || service.status === "INACTIVE") return;
    const before = JSON.stringify(service);
    this.#reconcile(service);
    if (JSON.stringify(service) !== before) this.#ecs.services.save(service);
  }

  #reconcile(service: ServiceRecord): void {
    const { context } = this.#ecs;
    const now = context.clock.now();
    const { start, stop } = planTasks(service, tasksOf(this.#ecs, service), now);
    this.#stopTasks(service, stop);
    if (start > 0 && now >= primaryOf(service).retryAt) this.#launch(service, start);
    this.#settle(service, tasksOf(this.#ecs, service), now);
  }

  #stopTasks(service: ServiceRecord, tasks: readonly TaskRecord[]): void {
    if (tasks.length === 0) return;
    const reason = `Scaling activity initiated by (deployment ${primaryOf(service).id})`;
    for (const task of tasks) this.#ecs.lifecycle.stop(task, "ServiceSchedulerInitiated", reason);
    this.events.say(service, `has stopped ${tasks.length} running tasks: ${named(tasks)}.`);
  }

  #launch(service: ServiceRecord, count: number): void {
    const input = launchInput(service, Math.min(count, perCall));
    try {
      const { tasks, failures } = runTask(this.#ecs, input, trusted, managedTags(service));
      if (tasks.length > 0) this.events.say(service, `has started ${tasks.length} tasks: ${named(tasks)}.`);
      const [failure] = failures;
      if (failure !== undefined) this.#notPlaced(service, (failure as { reason: string }).reason);
      else if (count > perCall) this.wake(service);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error.code === "ThrottlingException") this.#pause(service, this.#ecs.settings.serviceRetryMs);
      else this.#notConfigured(service, error.message);
    }
  }

  #notPlaced(service: ServiceRecord, reason: string): void {
    this.events.say(service, `was unable to place a task. Reason: ${reason}.`);
    const strategy = primaryOf(service).launch.capacityProviderStrategy ?? [];
    this.events.action(service, "SERVICE_TASK_PLACEMENT_FAILURE", {
      reason: reason.startsWith("RESOURCE:") ? reason : "RESOURCE:FARGATE",
      capacityProviderNames: strategy.map(({ capacityProvider }) => capacityProvider),
    });
    this.#launchFailed(service, primaryOf(service).id);
  }

  #notConfigured(service: ServiceRecord, reason: string): void {
    this.events.say(service, `failed to launch a task with (error ${reason}).`);
    this.events.action(service, "SERVICE_TASK_CONFIGURATION_FAILURE", { reason });
    this.#launchFailed(service, primaryOf(service).id);
  }

  /** Counts a launch that did not come to RUNNING; each one in a row doubles the pause before the next. */
  #launchFailed(service: ServiceRecord, deploymentId: string | undefined): void {
    const primary = primaryOf(service);
    if (primary.id !== deploymentId || service.status !== "ACTIVE") return;
    primary.failedTasks += 1;
    primary.failuresInRow += 1;
    this.#pause(
      service,
      Math.min(longestPauseMs, this.#ecs.settings.serviceRetryMs * 2 ** (primary.failuresInRow - 1)),
    );
    const { enable } = service.deploymentConfiguration.deploymentCircuitBreaker;
    if (enable && primary.rolloutState === "IN_PROGRESS") {
      if (primary.failedTasks >= breakerThreshold(service)) this.deployments.fail(service);
    } else if (primary.failuresInRow >= 3 && !primary.impaired) {
      primary.impaired = true;
      this.events.say(
        service,
        "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
      );
      this.events.action(service, "SERVICE_TASK_START_IMPAIRED");
    }
    this.#ecs.services.save(service);
  }

  #pause(service: ServiceRecord, forMs: number): void {
    const primary = primaryOf(service);
    primary.retryAt = Math.max(primary.retryAt, this.#ecs.context.clock.now() + forMs);
  }

  #settle(service: ServiceRecord, tasks: readonly TaskRecord[], now: number): void {
    const primary = primaryOf(service);
    for (const deployment of service.deployments) {
      if (deployment !== primary && tasks.every(({ startedBy }) => startedBy !== deployment.id))
        deployment.status = "INACTIVE";
    }
    service.deployments = service.deployments.filter(
      ({ id, status }) => status !== "INACTIVE" || id === service.lastCompletedId,
    );
    if (service.status === "DRAINING") {
      if (tasks.length === 0) Object.assign(service, { status: "INACTIVE", endedAt: now });
      return;
    }
    this.#settleSteady(service, tasks, now);
  }

  /** Steady is: as many as desired run, have run for a moment, and none of another deployment is left. */
  #settleSteady(service: ServiceRecord, tasks: readonly TaskRecord[], now: number): void {
    const primary = primaryOf(service);
    const wanted = tasks.filter((task) => isWanted(task));
    const steady =
      primary.rolloutState !== "FAILED" &&
      wanted.length === service.desiredCount &&
      wanted.every(
        (task) =>
          isRunning(task) &&
          task.startedBy === primary.id &&
          now - (task.startedAt ?? now) >= this.#ecs.settings.serviceSteadyMs,
      );
    if (!steady) {
      delete service.steadySince;
      return;
    }
    if (primary.rolloutState === "IN_PROGRESS") this.deployments.complete(service);
    if (service.steadySince !== undefined && now - service.steadySince < 6 * hourMs) return;
    service.steadySince = now;
    this.events.say(service, "has reached a steady state.");
    this.events.action(service, "SERVICE_STEADY_STATE");
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html#failure-threshold */
export function breakerThreshold({ desiredCount }: ServiceRecord): number {
  return Math.min(200, Math.max(3, Math.ceil(desiredCount / 2)));
}

const named = (tasks: readonly TaskRecord[]): string =>
  tasks.map(({ taskArn }) => `(task ${lastPart(taskArn)})`).join(" ");
