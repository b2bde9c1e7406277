import { describe, expect, it } from "@jest/globals";
import { drawsSpot } from "#core/planning/capacity.ts";
import { runTaskRequest } from "#core/planning/run-request.ts";
import { aPipeline, aSite } from "../support/builders.ts";

const requestOf = (change: Parameters<typeof aPipeline>[1], site = aSite) => {
  const pipeline = aPipeline("images", change);
  return runTaskRequest({ runId: "r", pipeline, jobs: [], size: pipeline.size, spot: true }, site);
};

describe("the capacity of a run", () => {
  it("is drawn by the weights, of Spot and on demand", () => {
    const { capacity } = aPipeline("images", {
      capacity: { type: "weighted", weights: { onDemand: 1, spot: 3 } },
    });

    expect(drawsSpot(capacity, () => 0.74)).toBe(true);
    expect(drawsSpot(capacity, () => 0.75)).toBe(false);
  });

  it("is never Spot with a weight of 0", () => {
    const { capacity } = aPipeline("images", {
      capacity: { type: "weighted", weights: { onDemand: 1, spot: 0 } },
    });

    expect(drawsSpot(capacity, () => 0)).toBe(false);
  });

  it("is the pipeline's own instances, by a strategy and without a network of the task's own", () => {
    const capacity = { type: "ec2" as const, instances: { type: "c7g.large", most: 2 } };

    const request = requestOf({ capacity }, { ...aSite, capacityProviders: { images: "slipway-images" } });

    expect(request.capacityProviderStrategy).toEqual([{ capacityProvider: "slipway-images", weight: 1 }]);
    expect(request).not.toHaveProperty("networkConfiguration");
    expect(request).not.toHaveProperty("launchType");
  });

  it("is missed aloud where the stage has no instances for the pipeline", () => {
    const capacity = { type: "ec2" as const, instances: { type: "c7g.large", most: 2 } };

    expect(() => requestOf({ capacity })).toThrow(
      'No instances are deployed for pipeline "images"; deploy the stage again.',
    );
  });
});

describe("the network of a run", () => {
  it("is the pipeline's, with an address on the internet only where the network needs it", () => {
    const privately = { subnets: ["subnet-p"], securityGroup: "sg-p", publicAddress: false };

    const request = requestOf({ network: "private" }, { ...aSite, networks: { private: privately } });

    expect(request.networkConfiguration?.awsvpcConfiguration).toEqual({
      subnets: ["subnet-p"],
      securityGroups: ["sg-p"],
      assignPublicIp: "DISABLED",
    });
  });

  it("is missed aloud where the stage does not have it", () => {
    expect(() => requestOf({ network: "existing" })).toThrow(
      'No network "existing" is deployed for pipeline "images"; deploy the stage again.',
    );
  });
});
