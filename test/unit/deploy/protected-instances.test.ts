import { expect, it } from "@jest/globals";
import { protectedInstances } from "#infrastructure/plugin/protected-instances.ts";

it("tells how to end instances that CloudFormation would wait for in vain", () => {
  expect(protectedInstances(["slipway-dev-RendersInstances-1A2B"])).toMatch(
    /^Instances .*:\n {2}aws autoscaling delete-auto-scaling-group --force-delete --auto-scaling-group-name slipway-dev-RendersInstances-1A2B$/,
  );
});

it("says nothing where a stack has none", () => {
  expect(protectedInstances([])).toBeUndefined();
});
