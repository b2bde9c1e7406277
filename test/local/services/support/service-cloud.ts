import { fileURLToPath } from "node:url";
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  type CreateServiceCommandInput,
  type Service,
} from "@aws-sdk/client-ecs";
import type { CloudContext } from "#local/context/cloud-context.ts";
import {
  eventually,
  startTaskCloud,
  type TaskCloud,
  type TaskDetail,
} from "#test/local/tasks/support/task-cloud.ts";

export const serviceWorker = fileURLToPath(new URL("../images/worker", import.meta.url));

/** `detail` of "ECS Service Action" and "ECS Deployment State Change", as far as the tests read it. */
export interface ServiceDetail {
  readonly eventName: string;
  readonly eventType: string;
  readonly [name: string]: unknown;
}

export interface ServiceCloud extends TaskCloud {
  /** A service "worker" of the task definition "worker"; resolves when it is made. */
  create(input?: Partial<CreateServiceCommandInput>): Promise<Service>;
  service(name?: string): Promise<Service>;
  /** Resolves when the description satisfies `matches`. */
  serviceIs(matches: (service: Service) => boolean, what: string): Promise<Service>;
  /** The events of services so far. */
  told(detailType: "ECS Service Action" | "ECS Deployment State Change"): ServiceDetail[];
  tell(
    detailType: "ECS Service Action" | "ECS Deployment State Change",
    eventName: string,
  ): Promise<ServiceDetail>;
  /** The last event of each of the service's tasks. */
  tasks(): TaskDetail[];
  running(count: number): Promise<TaskDetail[]>;
}

/** ECS alone, with the task definition "worker" of the toy worker; a service is steady at once. */
export async function startServiceCloud(ports: Partial<CloudContext> = {}): Promise<ServiceCloud> {
  const cloud = await startTaskCloud(ports);
  await cloud.control("settings", { startDelayMs: 20, serviceRetryMs: 20, serviceSteadyMs: 0 });
  await cloud.register({ image: serviceWorker });
  const told = (detailType: string): ServiceDetail[] =>
    cloud.events
      .filter((event) => event["detail-type"] === detailType)
      .map(({ detail }) => detail as ServiceDetail);
  const tasks = (): TaskDetail[] => {
    const last = new Map<string, TaskDetail>();
    const states = cloud.events.filter((event) => event["detail-type"] === "ECS Task State Change");
    for (const { detail } of states) last.set((detail as TaskDetail).taskArn, detail as TaskDetail);
    return [...last.values()];
  };
  const service = async (name = "worker"): Promise<Service> => {
    const { services = [] } = await cloud.ecs.send(
      new DescribeServicesCommand({ cluster: "jobs", services: [name] }),
    );
    return services[0] ?? {};
  };
  return {
    ...cloud,
    told,
    tasks,
    service,
    async create(input = {}) {
      const { service: made = {} } = await cloud.ecs.send(new CreateServiceCommand(serviceInput(input)));
      return made;
    },
    async serviceIs(matches, what) {
      const until = Date.now() + 120_000;
      for (;;) {
        const found = await service();
        if (matches(found)) return found;
        if (Date.now() > until) throw new Error(`no ${what}, but ${JSON.stringify(found)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    tell: (detailType, eventName) =>
      eventually(
        () => told(detailType).find((detail) => detail.eventName === eventName),
        eventName,
        () => told(detailType),
      ),
    running: (count) =>
      eventually(
        () => {
          const running = tasks().filter(
            ({ lastStatus, desiredStatus }) => lastStatus === "RUNNING" && desiredStatus === "RUNNING",
          );
          return running.length === count ? running : undefined;
        },
        `${count} running tasks`,
        tasks,
      ),
  };
}

export function serviceInput(input: Partial<CreateServiceCommandInput> = {}): CreateServiceCommandInput {
  return {
    cluster: "jobs",
    serviceName: "worker",
    taskDefinition: "worker",
    desiredCount: 1,
    ...(input.capacityProviderStrategy === undefined ? { launchType: "FARGATE" } : {}),
    networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-0a1b2c3d"] } },
    ...input,
  };
}
