import type { CloudContext, ScalingPort } from "../context/cloud-context.ts";
import { inputCheck } from "../gateway/constraints/input-check.ts";
import { jsonProtocol } from "../gateway/json-protocol.ts";
import type { LocalService } from "../gateway/service.ts";
import { scalingOperations } from "./operations.ts";
import { scalingResources } from "./resources.ts";
import { Scaler } from "./scaler.ts";
import { ScalingChanges } from "./scaling-changes.ts";
import { ScalingStore } from "./scaling-store.ts";
import { runDueActions } from "./scheduled-actions.ts";

const lookMs = 1000;

/** Application Auto Scaling: the desired count of ECS services by metrics, steps and the clock. */
export function createScalingService(context: CloudContext): LocalService & ScalingPort {
  const store = new ScalingStore(context);
  const scaler = new Scaler(context, store);
  const changes = new ScalingChanges(context, store, scaler);
  const look = (): void => runDueActions(store, scaler, context.clock.now());
  let timer: NodeJS.Timeout | undefined;
  return {
    name: "scaling",
    signingNames: ["application-autoscaling"],
    handle: jsonProtocol({
      version: "1.1",
      service: "Application Auto Scaling",
      check: inputCheck("application-autoscaling"),
      operations: scalingOperations(store, changes),
    }),
    resources: scalingResources(store, changes),
    alarmed(policyArn, breach) {
      const policy = store.policies.find(({ arn }) => arn === policyArn);
      if (policy !== undefined) scaler.alarmed(policy, breach);
    },
    clockMoved: look,
    async start() {
      timer = setInterval(look, lookMs);
    },
    async stop() {
      clearInterval(timer);
    },
  };
}
