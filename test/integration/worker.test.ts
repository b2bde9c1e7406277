import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import {
  ApplicationAutoScalingClient,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListServicesCommand,
  ListTasksCommand,
} from "@aws-sdk/client-ecs";
import sharp from "sharp";
import { isTerminal, type Job } from "#core/jobs/job.ts";
import { clientOptions } from "../../cli/stage.ts";
import { DeployedService } from "./support/deployed-service.ts";
import { eventually } from "./support/eventually.ts";
import { resultKeys } from "./support/jobs.ts";
import { type Mail, mailAbout } from "./support/mails.ts";
import { depth, send } from "./support/queues.ts";
import { upload } from "./support/uploads.ts";

/*
 * The worker of the renditions, deployed as it is: its service begins and ends by the metrics of its queue alone. A minute of scaling
 * is two seconds in the local cloud, so that three quiet ones do not take three.
 */

jest.setTimeout(300_000);

/** At least so many; more follow while the workers are quicker than the scaling. */
const MESSAGES = 500;
/** As long as there is less to do, more is sent, so that a fast machine has not done all before four workers run. */
const BACKLOG = 250;
const TOP_UP = 100;
const PATIENCE = { deadlineMs: 180_000, pollMs: 250 };

const service = new DeployedService();
beforeAll(() => service.start());
afterAll(() => service.end());

const workQueue = () => service.outputs.RenditionsWorkQueueUrl;
const request = (index: number) =>
  JSON.stringify({ key: "images/small.png", width: 1 + (index % 32), format: "png" });

async function worker() {
  const cluster = service.outputs.Cluster;
  const { serviceArns = [] } = await service.ecs.send(new ListServicesCommand({ cluster }));
  const { services = [] } = await service.ecs.send(
    new DescribeServicesCommand({ cluster, services: serviceArns }),
  );
  const [found] = services;
  if (found === undefined) throw new Error("There is no service.");
  const { taskArns = [] } = await service.ecs.send(
    new ListTasksCommand({ cluster, serviceName: found.serviceName ?? "" }),
  );
  const { tasks = [] } =
    taskArns.length === 0
      ? {}
      : await service.ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  return {
    name: found.serviceName ?? "",
    desired: found.desiredCount ?? 0,
    running: tasks.filter(({ lastStatus }) => lastStatus === "RUNNING").map(({ taskArn = "" }) => taskArn),
    tasks: tasks.length,
  };
}

const atRest = () =>
  eventually("no worker runs", worker, ({ desired, tasks }) => desired === 0 && tasks === 0, PATIENCE);

async function setBounds(bounds: { MinCapacity?: number; MaxCapacity?: number }): Promise<void> {
  const client = new ApplicationAutoScalingClient(clientOptions(service.operator.stage));
  await client.send(
    new RegisterScalableTargetCommand({
      ServiceNamespace: "ecs",
      ScalableDimension: "ecs:service:DesiredCount",
      ResourceId: `service/${service.outputs.Cluster}/${(await worker()).name}`,
      ...bounds,
    }),
  );
  client.destroy();
}

const MANY = 5_000;
const renditions = (): Promise<Job[]> =>
  service.operator.jobs.listRecent({ pipeline: "renditions", limit: MANY });

/** Sends so many requests, each one anew, and says how many have been sent. */
function sender() {
  let sent = 0;
  return async (count: number): Promise<number> => {
    const requests = Array.from({ length: count }, (_, index) => request(sent + index));
    await send(service, workQueue(), requests);
    sent += count;
    return sent;
  };
}

describe("the renditions worker", () => {
  it("goes to rest after the deploy, for there is nothing to do", async () => {
    expect((await atRest()).running).toEqual([]);
  });

  it(`is woken by messages, and does ${MESSAGES} of them and more once each while workers are scaled in and one is killed`, async () => {
    const small = await sharp({ create: { width: 32, height: 32, channels: 3, background: "#336699" } })
      .png()
      .toBuffer();
    await upload(service, "images/small.png", small);
    const sendMore = sender();
    let sent = await sendMore(MESSAGES);
    const grown = await eventually(
      "four workers run",
      async () => {
        if ((await depth(service, workQueue())) < BACKLOG) sent = await sendMore(TOP_UP);
        return worker();
      },
      ({ running }) => running.length >= 4,
      PATIENCE,
    );
    const [killed] = grown.running;
    await service.cloud.control("tasks", "kill", { taskArn: killed });
    await setBounds({ MaxCapacity: 2 });
    await eventually("two are scaled in", worker, ({ tasks }) => tasks <= 2, PATIENCE);

    const jobs = await eventually(
      "all jobs have ended",
      renditions,
      (found) => found.length === sent && found.every(isTerminal),
      PATIENCE,
    );
    await setBounds({ MaxCapacity: 4 });

    const byState = Object.groupBy(jobs, ({ state }) => state);
    expect(Object.keys(byState)).toEqual(["SUCCEEDED"]);
    expect(new Set(jobs.map(({ jobId }) => jobId)).size).toBe(sent);
    const results = new Set(await resultKeys(service, "jobs/"));
    for (const { attempts, result } of jobs) {
      expect(attempts.filter(({ outcome }) => outcome === "succeeded")).toHaveLength(1);
      expect(results).toContain((result as { key: string }).key);
    }
    // Whoever was scaled in was not at work: only what the killed one had was begun twice.
    const begunTwice = jobs.filter(({ attempts }) => attempts.length > 1);
    expect(begunTwice.map(({ attempts }) => attempts[0]?.taskArn).filter((arn) => arn !== killed)).toEqual(
      [],
    );
    await eventually(
      "the queue is empty",
      () => depth(service, workQueue()),
      (count) => count === 0,
      PATIENCE,
    );
    expect(await depth(service, service.outputs.RenditionsWorkDeadLetterQueueUrl)).toBe(0);
    await eventually(
      "each end is told",
      () => service.witness.soFar((event) => event["detail-type"] === "Job Succeeded"),
      (events) => new Set(events.map(({ detail }) => detail["jobId"] as string)).size >= sent,
      PATIENCE,
    );
  });

  it("goes to rest again", async () => {
    expect((await atRest()).running).toEqual([]);
  });

  it("mails what a message was wrong about, and makes of it one failed job", async () => {
    await send(service, workQueue(), ['{"key":"images/small.png","width":0,"format":"png"}']);

    const { body } = await mailAbout(service, "The request is wrong: width must be at least 1.");

    expect(body).toContain("images/small.png");
    expect((await renditions()).filter(({ state }) => state === "FAILED")).toMatchObject([
      {
        source: { type: "queue" },
        failure: { class: "application", retry: "no" },
        attempts: [{ outcome: "application" }],
      },
    ]);
  });

  it("makes one mail of workers that crash one after the other", async () => {
    await setBounds({ MinCapacity: 1 });
    const crashed = new Set<string>();
    while (crashed.size < 4) {
      const { running } = await eventually(
        "a worker runs",
        worker,
        (found) => found.running.some((arn) => !crashed.has(arn)),
        PATIENCE,
      );
      const taskArn = running.find((arn) => !crashed.has(arn)) ?? "";
      await service.cloud.control("tasks", "kill", { taskArn });
      crashed.add(taskArn);
    }
    await eventually(
      "each of them has stopped",
      () => service.witness.soFar(({ detail }) => detail["lastStatus"] === "STOPPED"),
      (events) => [...crashed].every((arn) => events.some(({ detail }) => detail["taskArn"] === arn)),
      PATIENCE,
    );
    await setBounds({ MinCapacity: 0 });
    await eventually(
      "track is through",
      () => depth(service, service.outputs.TaskEventsQueueUrl),
      (count) => count === 0,
    );

    await mailAbout(service, "had a task that failed");

    const mails = (await service.cloud.control("topics", "outbox")) as Mail[];
    expect(mails.filter(({ body }) => body.includes("had a task that failed"))).toHaveLength(1);
  });

  it("has made no call that its role does not allow", async () => {
    expect(await service.refused()).toEqual([]);
  });
});
