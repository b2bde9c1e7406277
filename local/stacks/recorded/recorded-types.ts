import type { ResourceProvider } from "../../cloudformation/resource-provider.ts";
import { efsTypes } from "./efs-types.ts";
import { loadBalancingTypes } from "./load-balancing-types.ts";
import { managementTypes } from "./management-types.ts";
import { recordedProvider, type RecordedType } from "./recorded-provider.ts";
import { vpcTypes } from "./vpc-types.ts";

/** The types that the local cloud records and gives no behaviour: checked, answered for, counted. */
export function recordedProviders(cloud: { accountId: string; region: string }): ResourceProvider[] {
  const types: Readonly<Record<string, RecordedType>> = {
    ...vpcTypes,
    ...efsTypes,
    ...loadBalancingTypes,
    ...managementTypes,
  };
  return Object.entries(types).map(([type, recorded]) => recordedProvider(type, recorded, cloud));
}
