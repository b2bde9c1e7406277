import {
  CloudFormationClient,
  paginateListStackResources,
  type StackResourceSummary,
} from "@aws-sdk/client-cloudformation";
import type { Operator } from "../operator.ts";
import { clientOptions, type Stage } from "../stage.ts";

/** What the checks stand on: the stage, its stack and its resources. */
export interface Ground {
  readonly stage: Stage;
  readonly isLocal: boolean;
  /** What SDK clients are made with. */
  readonly options: ReturnType<typeof clientOptions>;
  readonly operator: Operator;
  readonly stackName: string;
  readonly resources: readonly StackResourceSummary[];
}

export async function groundOf(operator: Operator): Promise<Ground> {
  const { stage } = operator;
  const options = clientOptions(stage);
  const stackName = `slipway-${stage.name}`;
  const client = new CloudFormationClient(options);
  const resources: StackResourceSummary[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stackName })) {
    resources.push(...(page.StackResourceSummaries ?? []));
  }
  client.destroy();
  return { stage, isLocal: stage.name === "local", options, operator, stackName, resources };
}

/** The resources of one type, by logical id. */
export function resourcesOf(ground: Ground, type: string): { logicalId: string; physicalId: string }[] {
  return ground.resources.flatMap(({ LogicalResourceId, PhysicalResourceId, ResourceType }) =>
    ResourceType === type && LogicalResourceId !== undefined && PhysicalResourceId !== undefined
      ? [{ logicalId: LogicalResourceId, physicalId: PhysicalResourceId }]
      : [],
  );
}
