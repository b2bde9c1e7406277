import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type ContainerDefinition,
  type RegisterTaskDefinitionCommandInput,
  type RunTaskCommandInput,
  type Task,
} from "@aws-sdk/client-ecs";
import type { BusEvent, CloudContext } from "#local/context/cloud-context.ts";
import { createTasksService } from "#local/tasks/service.ts";
import { taskIdentity } from "#test/local/tasks/support/identity.ts";
import { startOneService, type ServiceUnderTest } from "#test/local/support/one-service.ts";

export const workerFolder = fileURLToPath(new URL("../images/worker", import.meta.url));
export const executionRole = "arn:aws:iam::000000000000:role/execution";
export const taskRole = "arn:aws:iam::000000000000:role/task";

/** `detail` of "ECS Task State Change", as far as the tests read it. */
export interface TaskDetail {
  readonly taskArn: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  readonly version: number;
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  readonly containers: readonly { name: string; lastStatus: string; exitCode?: number; reason?: string }[];
  readonly [name: string]: unknown;
}

export interface TaskCloud {
  readonly test: ServiceUnderTest<ReturnType<typeof createTasksService>>;
  readonly ecs: ECSClient;
  readonly events: BusEvent[];
  /** Moves the cloud's clock. */
  readonly clock: { offsetMs: number };
  details(taskArn?: string): TaskDetail[];
  /** Resolves with the first event of the task for which `matches` holds, also if it has come already. */
  event(taskArn: string, matches: (detail: TaskDetail) => boolean): Promise<TaskDetail>;
  stopped(taskArn: string): Promise<TaskDetail>;
  /** Log lines of `group`, by stream. */
  logs(group: string): ReadonlyMap<string, string[]>;
  /** Resolves when the stream of this task's container has this line. */
  line(taskArn: string, container: string, matches: string | RegExp): Promise<string>;
  control(name: string, input: unknown): Promise<unknown>;
  register(
    container?: Partial<ContainerDefinition>,
    task?: Partial<RegisterTaskDefinitionCommandInput>,
  ): Promise<string>;
  run(input: Partial<RunTaskCommandInput>): Promise<Task>;
  describe(taskArn: string): Promise<Task | undefined>;
  stop(): Promise<void>;
}

/** ECS alone, with a cluster "jobs" that has both of Fargate's capacity providers, and everything that it tells others kept. */
export async function startTaskCloud(
  ports: Partial<CloudContext> = {},
  options: { readonly containers?: boolean } = {},
): Promise<TaskCloud> {
  const events: BusEvent[] = [];
  const groups = new Map<string, Map<string, string[]>>();
  const clock = { offsetMs: 0 };
  const test = await startOneService((context) => createTasksService(context, options), {
    clock: { now: () => Date.now() + clock.offsetMs },
    events: { put: async (batch) => void events.push(...batch) },
    logs: {
      hasGroup: (group) => group === "/tasks" || groups.has(group),
      append(group, stream, lines) {
        const streams = groups.get(group) ?? new Map<string, string[]>();
        groups.set(
          group,
          streams.set(stream, [...(streams.get(stream) ?? []), ...lines.map(({ message }) => message)]),
        );
      },
    },
    identity: taskIdentity,
    ...ports,
  });
  const ecs = new ECSClient({ ...test.client, maxAttempts: 1 });
  await ecs.send(
    new CreateClusterCommand({ clusterName: "jobs", capacityProviders: ["FARGATE", "FARGATE_SPOT"] }),
  );
  const details = (taskArn?: string): TaskDetail[] =>
    events
      .map(({ detail }) => detail as TaskDetail)
      .filter((detail) => taskArn === undefined || detail.taskArn === taskArn);
  const cloud: TaskCloud = {
    test,
    ecs,
    events,
    clock,
    details,
    event: (taskArn, matches) =>
      eventually(
        () => details(taskArn).find(matches),
        `event of ${taskArn}`,
        () => details(taskArn),
      ),
    stopped: (taskArn) => cloud.event(taskArn, ({ lastStatus }) => lastStatus === "STOPPED"),
    logs: (group) => groups.get(group) ?? new Map(),
    line: (taskArn, container, matches) =>
      eventually(
        () =>
          groups
            .get("/tasks")
            ?.get(`run/${container}/${taskArn.split("/").at(-1)}`)
            ?.find((line) => (typeof matches === "string" ? line === matches : matches.test(line))),
        `line ${String(matches)}`,
        () => [...groups],
      ),
    async control(name, input) {
      const response = await fetch(`${test.client.endpoint}/_cloud/tasks/${name}`, {
        method: "POST",
        body: JSON.stringify(input),
      });
      if (!response.ok) throw new Error(await response.text());
      return response.json();
    },
    async register(container = {}, task = {}) {
      const { taskDefinition } = await ecs.send(
        new RegisterTaskDefinitionCommand(definition(container, task)),
      );
      return taskDefinition?.taskDefinitionArn ?? "";
    },
    async run(input) {
      const { tasks = [], failures } = await ecs.send(new RunTaskCommand(runInput(input)));
      const [task] = tasks;
      if (task === undefined) throw new Error(`no task: ${JSON.stringify(failures)}`);
      return task;
    },
    async describe(taskArn) {
      const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster: "jobs", tasks: [taskArn] }));
      return tasks[0];
    },
    stop: () => test.stop(),
  };
  return cloud;
}

/** A task definition of the worker image, 256 CPU units and 512 MiB. */
export function definition(
  container: Partial<ContainerDefinition> = {},
  task: Partial<RegisterTaskDefinitionCommandInput> = {},
): RegisterTaskDefinitionCommandInput {
  return {
    family: "worker",
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: "256",
    memory: "512",
    executionRoleArn: executionRole,
    taskRoleArn: taskRole,
    containerDefinitions: [
      {
        name: "main",
        image: workerFolder,
        logConfiguration: {
          logDriver: "awslogs",
          options: {
            "awslogs-group": "/tasks",
            "awslogs-region": "us-east-1",
            "awslogs-stream-prefix": "run",
          },
        },
        ...container,
      },
    ],
    ...task,
  };
}

export function runInput(input: Partial<RunTaskCommandInput> = {}): RunTaskCommandInput {
  return {
    cluster: "jobs",
    taskDefinition: "worker",
    ...(input.capacityProviderStrategy === undefined ? { launchType: "FARGATE" } : {}),
    networkConfiguration: {
      awsvpcConfiguration: { subnets: ["subnet-0a1b2c3d"], assignPublicIp: "ENABLED" },
    },
    ...input,
  };
}

/** Overrides that give the worker image its behaviour. */
export const behave = (...words: string[]): Pick<RunTaskCommandInput, "overrides"> => ({
  overrides: { containerOverrides: [{ name: "main", command: ["/app/main.mjs", ...words] }] },
});

/** Waits for something that has no event of its own; the test's own time-out is the limit, told with what is there instead. */
export async function eventually<T>(
  look: () => T | undefined,
  what: string,
  instead: () => unknown,
): Promise<T> {
  const until = Date.now() + 120_000;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error(`no ${what}, but ${JSON.stringify(instead())}`);
    await pause(10);
  }
}
