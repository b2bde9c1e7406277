import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { z } from "zod";

/** The outputs that the plugin uses; infrastructure/outputs.yml has them all. */
const Outputs = z.object({
  UploadsBucket: z.string(),
  ResultsBucket: z.string(),
  JobsTable: z.string(),
  AdminTopic: z.string(),
});

/** @throws Error where the stack lacks one of them. */
export async function stackOutputs(stackName: string, region: string): Promise<z.infer<typeof Outputs>> {
  const client = new CloudFormationClient({ region });
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return Outputs.parse(
    Object.fromEntries(outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
  );
}
