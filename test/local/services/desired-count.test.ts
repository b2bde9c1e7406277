import { ListTasksCommand, UpdateServiceCommand, DescribeTasksCommand } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { eventually } from "#test/local/tasks/support/task-cloud.ts";
import { startServiceCloud, type ServiceCloud } from "#test/local/services/support/service-cloud.ts";

let cloud: ServiceCloud;
beforeEach(async () => {
  cloud = await startServiceCloud();
});
afterEach(() => cloud.stop());

const scaleTo = (desiredCount: number) =>
  cloud.ecs.send(new UpdateServiceCommand({ cluster: "jobs", service: "worker", desiredCount }));

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html */
describe("a service", () => {
  test("runs as many tasks as it should, in its group, started by its deployment", async () => {
    const made = await cloud.create({ desiredCount: 2 });
    const running = await cloud.running(2);
    const { taskArns = [] } = await cloud.ecs.send(
      new ListTasksCommand({ cluster: "jobs", serviceName: "worker" }),
    );

    expect(made).toMatchObject({
      serviceArn: "arn:aws:ecs:us-east-1:000000000000:service/jobs/worker",
      status: "ACTIVE",
      launchType: "FARGATE",
      deployments: [{ status: "PRIMARY", rolloutState: "IN_PROGRESS" }],
    });
    const startedBy = made.deployments?.[0]?.id;
    expect(startedBy).toMatch(/^ecs-svc\/\d{19}$/);
    expect(running).toMatchObject([
      { group: "service:worker", startedBy },
      { group: "service:worker", startedBy },
    ]);
    expect(taskArns.toSorted()).toEqual(running.map(({ taskArn }) => taskArn).toSorted());
  });

  test("tells when it is steady, in its own list and on the bus", async () => {
    await cloud.create({ desiredCount: 1 });
    const steady = await cloud.tell("ECS Service Action", "SERVICE_STEADY_STATE");
    const { events = [], runningCount, pendingCount, deployments } = await cloud.service();

    expect(steady).toEqual({
      eventType: "INFO",
      eventName: "SERVICE_STEADY_STATE",
      clusterArn: "arn:aws:ecs:us-east-1:000000000000:cluster/jobs",
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect({ runningCount, pendingCount }).toEqual({ runningCount: 1, pendingCount: 0 });
    expect(deployments).toMatchObject([{ rolloutState: "COMPLETED" }]);
    expect(events.map(({ message }) => message)).toEqual([
      "(service worker) has reached a steady state.",
      expect.stringMatching(/^\(service worker\) \(deployment ecs-svc\/\d+\) deployment completed\.$/),
      expect.stringMatching(/^\(service worker\) has started 1 tasks: \(task [0-9a-f]{32}\)\.$/),
    ]);
  });

  test("at a desired count of two replaces a task that is killed", async () => {
    await cloud.create({ desiredCount: 2 });
    const [first] = await cloud.running(2);
    await cloud.control("kill", { taskArn: first?.taskArn });
    const stopped = await cloud.stopped(first?.taskArn ?? "");
    await eventually(
      () => (cloud.tasks().length === 3 ? true : undefined),
      "third task",
      () => cloud.tasks(),
    );
    const running = await cloud.running(2);

    expect(stopped).toMatchObject({ stopCode: "EssentialContainerExited", containers: [{ exitCode: 137 }] });
    expect(running.map(({ taskArn }) => taskArn)).not.toContain(first?.taskArn);
  });

  test("scales in with the scheduler's stop code and words", async () => {
    const { deployments } = await cloud.create({ desiredCount: 2 });
    for (const { taskArn } of await cloud.running(2)) await cloud.line(taskArn, "main", "waiting");
    await scaleTo(1);
    const [kept] = await cloud.running(1);
    const gone = cloud.tasks().find(({ taskArn }) => taskArn !== kept?.taskArn);
    const stopped = await cloud.stopped(gone?.taskArn ?? "");

    expect(stopped).toMatchObject({
      stopCode: "ServiceSchedulerInitiated",
      stoppedReason: `Scaling activity initiated by (deployment ${deployments?.[0]?.id})`,
      containers: [{ exitCode: 0 }],
    });
    expect((await cloud.service()).deployments).toHaveLength(1);
  });

  test("gives its tags and the managed ones to its tasks where it is told to", async () => {
    await cloud.create({
      tags: [{ key: "team", value: "photos" }],
      propagateTags: "SERVICE",
      enableECSManagedTags: true,
    });
    const [task] = await cloud.running(1);
    const { tasks = [] } = await cloud.ecs.send(
      new DescribeTasksCommand({ cluster: "jobs", tasks: [task?.taskArn ?? ""], include: ["TAGS"] }),
    );

    expect(tasks[0]?.tags).toEqual([
      { key: "team", value: "photos" },
      { key: "aws:ecs:clusterName", value: "jobs" },
      { key: "aws:ecs:serviceName", value: "worker" },
    ]);
  });

  test("places its tasks by its capacity provider strategy", async () => {
    await cloud.create({ capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }] });

    expect(await cloud.running(1)).toMatchObject([{ capacityProviderName: "FARGATE_SPOT" }]);
  });
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
describe("a service whose tasks cannot be placed", () => {
  test("says so, and goes on trying until there is room", async () => {
    await cloud.control("faults", { noCapacity: { count: 2 } });
    await cloud.create();
    const failure = await cloud.tell("ECS Service Action", "SERVICE_TASK_PLACEMENT_FAILURE");
    await cloud.running(1);

    expect(failure).toMatchObject({ eventType: "ERROR", reason: "RESOURCE:FARGATE" });
    expect((await cloud.service()).events?.map(({ message }) => message)).toContainEqual(
      expect.stringContaining("was unable to place a task. Reason: Capacity is unavailable at this time."),
    );
  });
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html */
describe("a service whose tasks do not start", () => {
  test("is told as impaired after three in a row, and tries again later and later", async () => {
    await cloud.register({ image: "/nowhere/image" });
    await cloud.create();
    const impaired = await cloud.tell("ECS Service Action", "SERVICE_TASK_START_IMPAIRED");
    const launches = cloud
      .details()
      .filter(({ version }) => version === 1)
      .map(({ createdAt }) => Date.parse(String(createdAt)));
    const [first = 0, second = 0, third = 0] = launches;

    expect(impaired).toMatchObject({ eventType: "WARN" });
    expect(third - second).toBeGreaterThan(second - first - 20);
    expect((await cloud.service()).events?.[0]?.message).toContain("unable to consistently start tasks");
  });
});
