import { DescribeTasksCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  behave,
  startTaskCloud,
  workerFolder,
  type TaskCloud,
} from "#test/local/tasks/support/task-cloud.ts";

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

let cloud: TaskCloud;
beforeAll(async () => {
  cloud = await startTaskCloud();
  await cloud.register();
});
afterAll(() => cloud.stop());

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
 */
describe("the life of a task", () => {
  test("passes every state once, with an event for each and a version that rises by one", async () => {
    const { taskArn = "" } = await cloud.run({});
    await cloud.stopped(taskArn);

    expect(cloud.details(taskArn).map(({ lastStatus, version }) => `${version} ${lastStatus}`)).toEqual([
      "1 PROVISIONING",
      "2 PENDING",
      "3 ACTIVATING",
      "4 RUNNING",
      "5 DEACTIVATING",
      "6 STOPPING",
      "7 DEPROVISIONING",
      "8 STOPPED",
    ]);
  });

  test.each([
    ["success", ["exit", "0"], 0],
    ["the process' own code", ["exit", "75"], 75],
    ["128 + the number of the signal that ended it", ["abort"], 134],
  ])("ends as EssentialContainerExited with exit code of %s", async (_, words, exitCode) => {
    const { taskArn = "" } = await cloud.run(behave(...words));

    expect(await cloud.stopped(taskArn)).toMatchObject({
      desiredStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      containers: [{ name: "main", lastStatus: "STOPPED", exitCode }],
    });
  });

  test("is told in the shape of ECS, with what is known by each state and nothing before", async () => {
    const { taskArn = "" } = await cloud.run({
      startedBy: "run/42",
      tags: [{ key: "team", value: "photos" }],
      ...behave("wait"),
    });
    const running = await cloud.event(taskArn, ({ lastStatus }) => lastStatus === "RUNNING");
    const [provisioning] = cloud.details(taskArn);
    const id = taskArn.split("/").at(-1);

    expect(cloud.events.find(({ resources }) => resources?.[0] === taskArn)).toMatchObject({
      source: "aws.ecs",
      "detail-type": "ECS Task State Change",
    });
    expect(provisioning).toEqual({
      attachments: [
        {
          id: expect.any(String),
          type: "eni",
          status: "PRECREATED",
          details: [{ name: "subnetId", value: "subnet-0a1b2c3d" }],
        },
      ],
      attributes: [{ name: "ecs.cpu-architecture", value: "x86_64" }],
      availabilityZone: expect.stringMatching(/^us-east-1[abc]$/),
      clusterArn: "arn:aws:ecs:us-east-1:000000000000:cluster/jobs",
      containers: [
        {
          containerArn: expect.stringMatching(
            `^arn:aws:ecs:us-east-1:000000000000:container/jobs/${id}/[0-9a-f-]{36}$`,
          ),
          lastStatus: "PENDING",
          name: "main",
          image: workerFolder,
          taskArn,
          networkInterfaces: [],
          cpu: "0",
        },
      ],
      cpu: "256",
      createdAt: time,
      desiredStatus: "RUNNING",
      enableExecuteCommand: false,
      ephemeralStorage: { sizeInGiB: 20 },
      group: "family:worker",
      launchType: "FARGATE",
      lastStatus: "PROVISIONING",
      memory: "512",
      overrides: { containerOverrides: [{ name: "main", command: ["/app/main.mjs", "wait"] }] },
      platformVersion: "1.4.0",
      startedBy: "run/42",
      taskArn: expect.stringMatching(/^arn:aws:ecs:us-east-1:000000000000:task\/jobs\/[0-9a-f]{32}$/),
      taskDefinitionArn: "arn:aws:ecs:us-east-1:000000000000:task-definition/worker:1",
      updatedAt: time,
      version: 1,
    });
    expect(running).toMatchObject({
      attachments: [
        {
          status: "ATTACHED",
          details: expect.arrayContaining([{ name: "privateIPv4Address", value: expect.any(String) }]),
        },
      ],
      connectivity: "CONNECTED",
      connectivityAt: time,
      pullStartedAt: time,
      pullStoppedAt: time,
      startedAt: time,
      containers: [
        {
          runtimeId: expect.stringMatching(`^${id}-\\d{10}$`),
          networkInterfaces: [{ privateIpv4Address: expect.any(String) }],
        },
      ],
    });

    await cloud.control("kill", { taskArn });
    const stopped = await cloud.stopped(taskArn);
    expect(stopped).toMatchObject({
      attachments: [{ status: "DELETED" }],
      executionStoppedAt: time,
      stoppingAt: time,
      stoppedAt: time,
      containers: [{ exitCode: 137 }],
    });
    expect(stopped).not.toHaveProperty("tags");
  });

  test("is described with epoch times, other spellings and the tags that the event lacks", async () => {
    const { taskArn = "" } = await cloud.run({ tags: [{ key: "team", value: "photos" }], ...behave("wait") });
    await cloud.event(taskArn, ({ lastStatus }) => lastStatus === "RUNNING");
    const { tasks = [] } = await cloud.ecs.send(
      new DescribeTasksCommand({ cluster: "jobs", tasks: [taskArn], include: ["TAGS"] }),
    );
    await cloud.control("kill", { taskArn });

    expect(tasks[0]).toMatchObject({
      attachments: [{ type: "ElasticNetworkInterface" }],
      healthStatus: "UNKNOWN",
      lastStatus: "RUNNING",
      startedAt: expect.any(Date),
      tags: [{ key: "team", value: "photos" }],
      version: 4,
    });
    expect(Math.abs((tasks[0]?.startedAt?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test("is described for one hour after it has stopped, then it is MISSING", async () => {
    const { taskArn = "" } = await cloud.run({});
    const { stoppedAt } = await cloud.stopped(taskArn);
    const describeAt = async (ms: number) => {
      cloud.clock.offsetMs = Date.parse(String(stoppedAt)) + ms - Date.now();
      return cloud.ecs.send(new DescribeTasksCommand({ cluster: "jobs", tasks: [taskArn] }));
    };

    expect((await describeAt(3_590_000)).tasks).toHaveLength(1);
    expect(await describeAt(3_600_000)).toMatchObject({
      tasks: [],
      failures: [{ arn: taskArn, reason: "MISSING" }],
    });
    cloud.clock.offsetMs = 0;
  });
});
