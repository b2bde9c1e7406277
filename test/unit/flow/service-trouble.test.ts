import { readFile } from "node:fs/promises";
import { describe, expect, it, test } from "@jest/globals";
import type { TaskSnapshot } from "#core/ports/task-launcher.ts";
import { DeploymentStateChange } from "#events/ecs/deployment-state-change.ts";
import { ServiceAction } from "#events/ecs/service-action.ts";
import { TroubleNoticed } from "#events/slipway/trouble-noticed.ts";
import { followTask } from "#flow/track-task.ts";
import { MemoryStage } from "./support/memory-stage.ts";
import { HOUR_MS, MINUTE_MS, NoticeWorld } from "./support/notice-world.ts";

const example = async (file: string): Promise<unknown> =>
  JSON.parse(await readFile(`events/${file}`, "utf8"));

const crashed = (change: Partial<TaskSnapshot> = {}): TaskSnapshot => ({
  taskArn: `arn:aws:ecs:us-east-1:1:task/slipway-dev/${Math.random().toString(16).slice(2)}`,
  clusterArn: "arn:aws:ecs:us-east-1:1:cluster/slipway-dev",
  lastStatus: "STOPPED",
  startedBy: "ecs-svc/8646900195280463695",
  group: "service:web",
  stopCode: "EssentialContainerExited",
  stoppedReason: "Essential container in task exited",
  stoppedAt: "2026-11-22T20:00:00.000Z",
  containers: [{ name: "main", exitCode: 1 }],
  ...change,
});

async function troubleOf(task: TaskSnapshot) {
  const stage = new MemoryStage();
  await followTask(task, stage.ports());
  return stage.messaging.announcements.flatMap((told) =>
    told.type === "Trouble Noticed" ? [told.trouble] : [],
  )[0];
}

const aTrouble = (task: TaskSnapshot, world: NoticeWorld) =>
  troubleOf({ ...task, stoppedAt: world.clock.now().toISOString() }).then((trouble) =>
    TroubleNoticed.parse({
      id: "1",
      "detail-type": "Trouble Noticed",
      source: "slipway",
      time: world.clock.now().toISOString(),
      detail: trouble,
    }),
  );

describe("A task that belongs to no run", () => {
  it.each<[what: string, change: Partial<TaskSnapshot>, failureClass: string, who: string]>([
    ["of a service that crashes", {}, "application", "service:web"],
    ["of a pipeline's service", { group: "service:slipway-dev-images" }, "application", "images"],
    ["started by hand", { startedBy: "somebody", group: "family:adhoc" }, "application", "family:adhoc"],
    [
      "started by hand of a pipeline's task definition",
      { startedBy: "somebody", group: "family:slipway-dev-images" },
      "application",
      "images",
    ],
    [
      "of another family that a pipeline's name ends",
      { startedBy: "somebody", group: "family:team-images" },
      "application",
      "family:team-images",
    ],
    [
      "with a container of another name",
      {
        containers: [
          { name: "proxy", exitCode: 0 },
          { name: "web", exitCode: 137, reason: "OutOfMemoryError: killed" },
        ],
      },
      "out-of-memory",
      "service:web",
    ],
    [
      "whose image cannot be pulled",
      { stopCode: "TaskFailedToStart", stoppedReason: "CannotPullContainerError: not found", containers: [] },
      "image",
      "service:web",
    ],
  ])("%s is told, classified as the tasks of runs are", async (_what, change, failureClass, who) => {
    expect(await troubleOf(crashed(change))).toMatchObject({
      about: "task",
      class: failureClass,
      pipeline: who,
    });
  });

  it.each<[what: string, change: Partial<TaskSnapshot>]>([
    [
      "is scaled in",
      {
        stopCode: "ServiceSchedulerInitiated",
        stoppedReason: "Scaling activity initiated by (deployment ecs-svc/1)",
      },
    ],
    ["is stopped by somebody", { stopCode: "UserInitiated", stoppedReason: "Task stopped by user" }],
    [
      "loses its Spot capacity",
      { stopCode: "SpotInterruption", stoppedReason: "Your Spot Task was interrupted." },
    ],
    ["ends well", { containers: [{ name: "main", exitCode: 0 }] }],
    ["still runs", { lastStatus: "RUNNING", containers: [{ name: "main" }] }],
  ])("is not told of when it %s", async (_what, change) => {
    expect(await troubleOf(crashed(change))).toBeUndefined();
  });
});

describe("The mail about a task that belongs to no run", () => {
  it("has the last lines of its log and a link to it where it is a pipeline's", async () => {
    const world = new NoticeWorld();

    await world.notify(await aTrouble(crashed({ group: "family:slipway-dev-images" }), world));

    expect(world.mails[0]?.body).toContain("Pipeline images on stage test had a task that failed.");
    expect(world.mails[0]?.body).toContain("  the last line");
    expect(world.mails[0]?.body).toContain("\nLog:  https://");
  });

  it("says nothing of a log where it is others': nobody knows where they write", async () => {
    const world = new NoticeWorld();

    await world.notify(await aTrouble(crashed({ group: "family:adhoc" }), world));

    expect(world.mails[0]?.body).toContain("\nTask: https://");
    expect(world.mails[0]?.body).not.toMatch(/^Log:|the last line/m);
  });
});

describe("A crash loop", () => {
  test("makes one mail, then digests, and one more when it is over; that its tasks do not stay is no news then", async () => {
    const world = new NoticeWorld();
    const impaired = ServiceAction.parse({
      ...((await example("ecs/service-action.json")) as object),
      resources: ["arn:aws:ecs:us-east-1:1:service/slipway-dev/web"],
      detail: { eventType: "WARN", eventName: "SERVICE_TASK_START_IMPAIRED" },
    });
    for (let crash = 0; crash < 40; crash += 1) {
      await world.notify(await aTrouble(crashed(), world));
      if (crash % 10 === 5) await world.notify(impaired);
      world.pass(MINUTE_MS);
    }
    expect(world.mails).toHaveLength(1);
    expect(world.mails[0]?.subject).toBe("Slipway test: a task of service:web stopped (application)");
    expect(world.mails[0]?.body).toContain("Service web on stage test had a task that failed.");

    await world.sweepFor(3 * HOUR_MS);

    const subjects = world.mails.map(({ subject }) => subject);
    expect(subjects).toHaveLength(3);
    expect(subjects.at(-1)).toBe("Slipway test: service:web recovered (application)");
    expect(world.mails.at(-1)?.body).not.toContain("jobs");
  });
});

describe("The scheduler of services", () => {
  const bodyOf = async (event: ServiceAction | DeploymentStateChange) => {
    const world = new NoticeWorld();
    await world.notify(event);
    return world.mails.map(({ subject, body }) => `${subject}\n${body}`)[0];
  };
  const action = async (detail: object) =>
    ServiceAction.parse({ ...((await example("ecs/service-action.json")) as object), detail });

  it("is heard when it cannot place a task, by the table of rules", async () => {
    const mail = await bodyOf(ServiceAction.parse(await example("ecs/service-action.json")));

    expect(mail).toContain("service slipway-dev-renditions is in trouble (capacity)");
    expect(mail).toContain('There is no room for the task now ("RESOURCE:FARGATE").');
  });

  it("is heard when a deployment is rolled back", async () => {
    const mail = await bodyOf(DeploymentStateChange.parse(await example("ecs/deployment-state-change.json")));

    expect(mail).toContain("(configuration)");
    expect(mail).toContain("is rolled back (ECS deployment circuit breaker: tasks failed to start.)");
  });

  it.each([
    ["WARN", "SERVICE_TASK_START_IMPAIRED", "application"],
    ["ERROR", "ECS_OPERATION_THROTTLED", "throttled"],
    ["ERROR", "SERVICE_HEALTH_UNKNOWN", "unknown"],
    ["WARN", "A_NAME_OF_NEXT_YEAR", "unknown"],
  ])("is heard of %s %s as %s", async (eventType, eventName, failureClass) => {
    expect(await bodyOf(await action({ eventType, eventName }))).toContain(`(${failureClass})`);
  });

  it("is not heard while all is well", async () => {
    expect(
      await bodyOf(await action({ eventType: "INFO", eventName: "SERVICE_STEADY_STATE" })),
    ).toBeUndefined();
  });
});

describe("Work that waits in silence", () => {
  it("makes a mail that says since when, why and what to do", async () => {
    const world = new NoticeWorld();

    await world.notify(TroubleNoticed.parse(await example("slipway/trouble-noticed.json")));

    expect(world.mails[0]?.subject).toBe("Slipway test: images waits and nothing begins (capacity)");
    expect(world.mails[0]?.body).toContain(
      "Pipeline images on stage test has work, and nothing begins. None of it is lost.",
    );
    expect(world.mails[0]?.body).toContain("waiting for 30 minutes");
  });
});
