import { randomInt } from "node:crypto";
import type { ServiceEvents } from "./service-events.ts";
import { primaryOf, type Deployment, type LaunchSettings, type ServiceRecord } from "./service-record.ts";

/** A service's first deployment, or the one that an update begins; ids are nineteen digits as in AWS. */
export function newDeployment(launch: LaunchSettings, now: number): Deployment {
  const id = `ecs-svc/${randomInt(1, 10)}${Array.from({ length: 18 }, () => randomInt(0, 10)).join("")}`;
  return {
    id,
    launch,
    createdAt: now,
    updatedAt: now,
    status: "PRIMARY",
    rolloutState: "IN_PROGRESS",
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    failedTasks: 0,
    failuresInRow: 0,
    retryAt: 0,
    impaired: false,
  };
}

/** How deployments begin and end, each told once. */
export class Deployments {
  readonly #events: ServiceEvents;
  readonly #now: () => number;

  constructor(events: ServiceEvents, now: () => number) {
    this.#events = events;
    this.#now = now;
  }

  begin(service: ServiceRecord, launch: LaunchSettings): void {
    for (const deployment of service.deployments)
      if (deployment.status === "PRIMARY") deployment.status = "ACTIVE";
    const deployment = newDeployment(launch, this.#now());
    service.deployments = [deployment, ...service.deployments];
    this.announce(service, deployment);
  }

  announce(service: ServiceRecord, deployment: Deployment): void {
    this.#events.deployment(
      service,
      deployment,
      "SERVICE_DEPLOYMENT_IN_PROGRESS",
      deployment.rolloutStateReason,
    );
  }

  complete(service: ServiceRecord): void {
    const primary = primaryOf(service);
    this.#settle(primary, "COMPLETED", `ECS deployment ${primary.id} completed.`);
    service.lastCompletedId = primary.id;
    this.#events.say(service, `(deployment ${primary.id}) deployment completed.`);
    this.#events.deployment(service, primary, "SERVICE_DEPLOYMENT_COMPLETED", primary.rolloutStateReason);
  }

  /**
   * The circuit breaker has struck: the deployment is FAILED, and with rollback the last completed one is PRIMARY again.
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
   */
  fail(service: ServiceRecord): void {
    const failed = primaryOf(service);
    this.#settle(failed, "FAILED", "ECS deployment circuit breaker: tasks failed to start.");
    this.#events.say(service, `(deployment ${failed.id}) deployment failed: tasks failed to start.`);
    this.#events.deployment(
      service,
      failed,
      "SERVICE_DEPLOYMENT_FAILED",
      "ECS deployment circuit breaker: task failed to start.",
    );
    const target = service.deployments.find(({ id }) => id === service.lastCompletedId);
    if (
      !service.deploymentConfiguration.deploymentCircuitBreaker.rollback ||
      target === undefined ||
      target === failed
    )
      return;
    failed.status = "ACTIVE";
    const reason = `ECS deployment circuit breaker: rolling back to deploymentId ${target.id}.`;
    Object.assign(target, {
      status: "PRIMARY",
      failedTasks: 0,
      failuresInRow: 0,
      retryAt: 0,
      impaired: false,
    });
    this.#settle(target, "IN_PROGRESS", reason);
    service.deployments = [target, ...service.deployments.filter((other) => other !== target)];
    this.#events.say(service, `rolling back to deployment ${target.id}.`);
    this.announce(service, target);
  }

  #settle(deployment: Deployment, state: Deployment["rolloutState"], reason: string): void {
    Object.assign(deployment, { rolloutState: state, rolloutStateReason: reason, updatedAt: this.#now() });
  }
}
