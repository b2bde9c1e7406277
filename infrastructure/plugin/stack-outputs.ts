import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { z } from "zod";

/** The outputs that the plugin uses; infrastructure/outputs.yml has them all. */
const Outputs = z.object({
  UploadsBucket: z.string(),
  ResultsBucket: z.string(),
  JobsTable: z.string(),
  AdminTopic: z.string(),
  Cluster: z.string(),
});
export type StackOutputs = z.infer<typeof Outputs>;

/** The outputs of a stack that may not be there, or that never came to be. */
export async function stackOutputsIfAny(
  stackName: string,
  region: string,
): Promise<StackOutputs | undefined> {
  return stackOutputs(stackName, region).catch((error: unknown) => {
    if (isAbsentStack(error) || error instanceof z.ZodError) return undefined;
    throw error;
  });
}

/** Whether CloudFormation has answered that there is no such stack. */
export function isAbsentStack(error: unknown): boolean {
  return (
    error instanceof Error && error.name === "ValidationError" && error.message.includes("does not exist")
  );
}

/** @throws Error where the stack lacks one of them. */
export async function stackOutputs(stackName: string, region: string): Promise<StackOutputs> {
  const client = new CloudFormationClient({ region });
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return Outputs.parse(
    Object.fromEntries(outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
  );
}
