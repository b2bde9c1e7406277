import type { ResourceProvider } from "../../cloudformation/resource-provider.ts";
import type { CloudContext } from "../../context/cloud-context.ts";
import type { BusStore } from "../bus-store.ts";
import { busPolicyResource } from "./bus-policy.ts";
import { busResource } from "./bus.ts";
import { ruleResource } from "./rule.ts";

export function eventResources(context: CloudContext, store: BusStore): readonly ResourceProvider[] {
  return [ruleResource(context, store), busResource(store), busPolicyResource(store)];
}
