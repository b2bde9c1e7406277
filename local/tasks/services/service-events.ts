import { randomUUID } from "node:crypto";
import type { CloudContext } from "../../context/cloud-context.ts";
import type { Deployment, ServiceMessage, ServiceRecord } from "./service-record.ts";

const keptMessages = 100;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html */
const actions = {
  SERVICE_STEADY_STATE: "INFO",
  SERVICE_DESIRED_COUNT_UPDATED: "INFO",
  SERVICE_TASK_START_IMPAIRED: "WARN",
  SERVICE_TASK_PLACEMENT_FAILURE: "ERROR",
  SERVICE_TASK_CONFIGURATION_FAILURE: "ERROR",
} as const;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html */
const deploymentEvents = {
  SERVICE_DEPLOYMENT_IN_PROGRESS: "INFO",
  SERVICE_DEPLOYMENT_COMPLETED: "INFO",
  SERVICE_DEPLOYMENT_FAILED: "ERROR",
} as const;

/** What a service says of itself: the list in its description, and the events on the bus. */
export class ServiceEvents {
  readonly #context: CloudContext;

  constructor(context: CloudContext) {
    this.#context = context;
  }

  /** Adds a line to the service's own list; `(service NAME)` is put in front of it. */
  say(service: ServiceRecord, message: string): void {
    const event: ServiceMessage = {
      id: randomUUID(),
      createdAt: this.#context.clock.now(),
      message: `(service ${service.serviceName}) ${message}`,
    };
    service.events = [event, ...service.events].slice(0, keptMessages);
  }

  /** Puts "ECS Service Action". */
  action(
    service: ServiceRecord,
    eventName: keyof typeof actions,
    more: { reason?: string; capacityProviderNames?: readonly string[] } = {},
  ): void {
    const { region, accountId } = this.#context;
    const { reason, capacityProviderNames = [] } = more;
    const providers = capacityProviderNames.map(
      (name) => `arn:aws:ecs:${region}:${accountId}:capacity-provider/${name}`,
    );
    this.#put(service, "ECS Service Action", {
      eventType: actions[eventName],
      eventName,
      clusterArn: service.clusterArn,
      ...(providers.length === 0 ? {} : { capacityProviderArns: providers }),
      ...(reason === undefined ? {} : { reason }),
      createdAt: new Date(this.#context.clock.now()).toISOString(),
    });
    if (actions[eventName] !== "INFO")
      this.#context.report(`ECS service ${service.serviceName}: ${eventName} ${reason ?? ""}`.trimEnd());
  }

  /** Puts "ECS Deployment State Change". */
  deployment(
    service: ServiceRecord,
    deployment: Deployment,
    eventName: keyof typeof deploymentEvents,
    reason: string,
  ): void {
    this.#put(service, "ECS Deployment State Change", {
      eventType: deploymentEvents[eventName],
      eventName,
      deploymentId: deployment.id,
      updatedAt: new Date(deployment.updatedAt).toISOString(),
      reason,
    });
  }

  #put(service: ServiceRecord, detailType: string, detail: Readonly<Record<string, unknown>>): void {
    this.#context.events
      .put([{ source: "aws.ecs", "detail-type": detailType, resources: [service.serviceArn], detail }])
      .catch((error: unknown) =>
        this.#context.report(`ECS: an event of ${service.serviceArn} was not put: ${String(error)}`),
      );
  }
}
