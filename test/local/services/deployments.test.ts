import { UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  serviceWorker,
  startServiceCloud,
  type ServiceCloud,
} from "#test/local/services/support/service-cloud.ts";

let cloud: ServiceCloud;
beforeEach(async () => {
  cloud = await startServiceCloud();
});
afterEach(() => cloud.stop());

const change = "ECS Deployment State Change";
const deploy = (taskDefinition: string) =>
  cloud.ecs.send(new UpdateServiceCommand({ cluster: "jobs", service: "worker", taskDefinition }));
const breaker = { enable: true, rollback: true };

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
describe("a deployment", () => {
  test("replaces all tasks, the new ones first, and is completed", async () => {
    await cloud.create({ desiredCount: 2 });
    const before = await cloud.running(2);
    const second = await cloud.register({ image: serviceWorker });
    const { service } = await deploy(second);
    const done = await cloud.serviceIs(
      ({ deployments = [] }) => deployments.length === 1 && deployments[0]?.rolloutState === "COMPLETED",
      "completed deployment",
    );
    const after = await cloud.running(2);
    const ends = await Promise.all(before.map(({ taskArn }) => cloud.stopped(taskArn)));
    const id = service?.deployments?.[0]?.id;

    expect(done.taskDefinition).toBe(second);
    expect(after.map(({ taskDefinitionArn }) => taskDefinitionArn)).toEqual([second, second]);
    expect(ends.map(({ stoppedReason }) => stoppedReason)).toEqual([
      `Scaling activity initiated by (deployment ${id})`,
      `Scaling activity initiated by (deployment ${id})`,
    ]);
    expect(cloud.told(change).filter(({ deploymentId }) => deploymentId === id)).toMatchObject([
      { eventName: "SERVICE_DEPLOYMENT_IN_PROGRESS", reason: `ECS deployment ${id} in progress.` },
      { eventName: "SERVICE_DEPLOYMENT_COMPLETED", reason: `ECS deployment ${id} completed.` },
    ]);
    // Never fewer than two were running: an old task stops only after a new one runs.
    const states = cloud
      .details()
      .filter(({ lastStatus }) => ["RUNNING", "DEACTIVATING"].includes(lastStatus));
    let running = 0;
    const levels = states.map(({ lastStatus }) => (running += lastStatus === "RUNNING" ? 1 : -1));
    expect(Math.min(...levels.slice(1))).toBe(2);
  });

  test("stays within its maximum percent", async () => {
    await cloud.create({
      desiredCount: 2,
      deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 100 },
    });
    await cloud.running(2);
    await deploy(await cloud.register({ image: serviceWorker }));
    await cloud.serviceIs(
      ({ deployments = [] }) => deployments.length === 1 && deployments[0]?.rolloutState === "COMPLETED",
      "completed deployment",
    );
    const alive = new Set<string>();
    const states = cloud.details().filter(({ taskArn }) => typeof taskArn === "string");
    const levels = states.map(({ taskArn, desiredStatus }) => {
      if (desiredStatus === "RUNNING") alive.add(taskArn);
      else alive.delete(taskArn);
      return alive.size;
    });

    expect(Math.max(...levels)).toBe(2);
  });

  test("with a broken image is rolled back by the circuit breaker, and the events tell", async () => {
    const { taskDefinition: good } = await cloud.create({
      desiredCount: 1,
      deploymentConfiguration: { deploymentCircuitBreaker: breaker },
    });
    await cloud.tell("ECS Service Action", "SERVICE_STEADY_STATE");
    const [healthy] = await cloud.running(1);
    const firstId = (await cloud.service()).deployments?.[0]?.id;
    const { service } = await deploy(await cloud.register({ image: "/nowhere/image" }));
    const badId = service?.deployments?.[0]?.id;
    const failed = await cloud.tell(change, "SERVICE_DEPLOYMENT_FAILED");
    const after = await cloud.serviceIs(
      ({ deployments = [] }) => deployments.length === 1 && deployments[0]?.rolloutState === "COMPLETED",
      "end of the rollback",
    );

    expect(failed).toMatchObject({
      eventType: "ERROR",
      deploymentId: badId,
      reason: "ECS deployment circuit breaker: task failed to start.",
    });
    expect(cloud.told(change).slice(-2)).toMatchObject([
      {
        eventName: "SERVICE_DEPLOYMENT_IN_PROGRESS",
        deploymentId: firstId,
        reason: `ECS deployment circuit breaker: rolling back to deploymentId ${firstId}.`,
      },
      { eventName: "SERVICE_DEPLOYMENT_COMPLETED", deploymentId: firstId },
    ]);
    expect(after.taskDefinition).toBe(good);
    expect(cloud.tasks().filter(({ startedBy }) => startedBy === badId)).toHaveLength(3);
    expect(await cloud.running(1)).toMatchObject([{ taskArn: healthy?.taskArn }]);
  });

  test("without a rollback stays failed and launches no more", async () => {
    await cloud.register({ image: "/nowhere/image" });
    await cloud.create({
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    });
    const failed = await cloud.serviceIs(
      ({ deployments }) => deployments?.[0]?.rolloutState === "FAILED",
      "failed deployment",
    );

    expect(failed.deployments).toMatchObject([
      {
        status: "PRIMARY",
        failedTasks: 3,
        rolloutStateReason: "ECS deployment circuit breaker: tasks failed to start.",
      },
    ]);
    expect(cloud.tasks()).toHaveLength(3);
  });
});
