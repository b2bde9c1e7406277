import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { clientTokenOf, MAX_OVERRIDES_CHARACTERS, runTaskRequest } from "#core/planning/run-request.ts";
import type { Job } from "#core/jobs/job.ts";
import { aJob, aPipeline, aSite } from "../support/builders.ts";

const request = (jobs: readonly Job[], spot = true) =>
  runTaskRequest({ runId: "run-1", pipeline: aPipeline(), jobs, size: aPipeline().size, spot }, aSite);
const withKey = (key: string): Job =>
  aJob({ source: { type: "upload", bucket: "uploads", key, versionId: "v1", sizeBytes: 1 } });
const environment = (jobs: readonly Job[]) =>
  Object.fromEntries(
    (request(jobs).overrides.containerOverrides[0]?.environment ?? []).map(({ name, value }) => [
      name,
      value,
    ]),
  );

describe("the RunTask request of a run", () => {
  it("is the same to the byte, however often it is made", () => {
    expect(JSON.stringify(request([aJob()]))).toBe(JSON.stringify(request([structuredClone(aJob())])));
  });

  it("names a revision of the task definition, the network and the run", () => {
    expect(request([aJob()])).toMatchObject({
      cluster: aSite.cluster,
      taskDefinition: "arn:aws:ecs:us-east-1:123456789012:task-definition/slipway-dev-images:7",
      count: 1,
      startedBy: "slipway/run-1",
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ["subnet-a", "subnet-b"], assignPublicIp: "ENABLED" },
      },
    });
  });

  it.each([
    [true, "FARGATE_SPOT"],
    [false, "FARGATE"],
  ])("goes to the capacity that was planned (Spot: %s)", (spot, capacityProvider) => {
    expect(request([aJob()], spot).capacityProviderStrategy).toEqual([{ capacityProvider, weight: 1 }]);
  });

  it("tells an image without our runner all that it needs about a single object", () => {
    expect(environment([aJob({ attempts: [{ runId: "run-0", outcome: "platform" }] })])).toEqual({
      SLIPWAY_RUN_ID: "run-1",
      SLIPWAY_JOB_ID: aJob().jobId,
      SLIPWAY_BUCKET: "uploads",
      SLIPWAY_KEY: `images/${aJob().jobId}.jpg`,
      SLIPWAY_VERSION_ID: "v1",
      SLIPWAY_RESULTS_PREFIX: `jobs/${aJob().jobId}/2/`,
    });
  });

  it("carries the run id only, where there are more jobs or other triggers", () => {
    const ticked = aJob({ source: { type: "schedule", ruleArn: "r", tick: "2026-11-22T20:00:00.000Z" } });

    expect(environment([aJob(), aJob({ jobId: "2" })])).toEqual({ SLIPWAY_RUN_ID: "run-1" });
    expect(environment([ticked])).toEqual({ SLIPWAY_RUN_ID: "run-1" });
  });

  it("stays within ECS' limit for overrides, whatever the key", () => {
    const key = fc
      .string({ unit: "binary", maxLength: 1024 })
      .filter((text) => Buffer.byteLength(text) <= 1024);
    fc.assert(
      fc.property(
        fc.oneof(key, fc.constant("\u0001".repeat(1024)), fc.constant('"'.repeat(1024))),
        (name) => {
          const { overrides } = request([withKey(name)]);
          expect(JSON.stringify(overrides).length).toBeLessThanOrEqual(MAX_OVERRIDES_CHARACTERS);
        },
      ),
    );
  });

  it("gives the key to the image as it is", () => {
    expect(environment([withKey("images/a +%41 é 📷.jpg")])["SLIPWAY_KEY"]).toBe("images/a +%41 é 📷.jpg");
  });

  it("overrides the size of the task definition only where the run has another", () => {
    const size = { cpu: 2048, memoryMiB: 16_384 };
    const larger = runTaskRequest({ runId: "r", pipeline: aPipeline(), jobs: [], size, spot: false }, aSite);

    expect(larger.overrides).toMatchObject({ cpu: "2048", memory: "16384" });
    expect(Object.keys(request([]).overrides)).toEqual(["containerOverrides"]);
  });

  it("is not made for a pipeline that was not deployed", () => {
    expect(() =>
      runTaskRequest(
        { runId: "r", pipeline: aPipeline("other"), jobs: [], size: aPipeline().size, spot: false },
        aSite,
      ),
    ).toThrow('No task definition is deployed for pipeline "other"');
  });
});

describe("the client token", () => {
  it("follows from the run id and has the form that ECS takes", () => {
    expect(clientTokenOf("run-1")).toBe(clientTokenOf("run-1"));
    expect(clientTokenOf("run-1")).not.toBe(clientTokenOf("run-2"));
    expect(clientTokenOf("x".repeat(500))).toMatch(/^[\x21-\x7e]{64}$/);
  });
});
