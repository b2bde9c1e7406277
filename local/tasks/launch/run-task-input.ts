import { z } from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import { checkTags, invalid, override, parseInput, strategyItem, tags } from "../model/shapes.ts";

const runTaskInput = z.looseObject({
  cluster: z.string().optional(),
  taskDefinition: z.string(),
  count: z.int().default(1),
  launchType: z.enum(["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"]).optional(),
  capacityProviderStrategy: z.array(strategyItem).optional(),
  networkConfiguration: z
    .object({
      awsvpcConfiguration: z
        .object({
          subnets: z.array(z.string()),
          securityGroups: z.array(z.string()).default([]),
          assignPublicIp: z.enum(["ENABLED", "DISABLED"]).default("DISABLED"),
        })
        .optional(),
    })
    .optional(),
  overrides: override.default({}),
  platformVersion: z.string().default("LATEST"),
  group: z.string().optional(),
  startedBy: z.string().optional(),
  tags: tags.default([]),
  propagateTags: z.enum(["TASK_DEFINITION", "SERVICE", "NONE"]).default("NONE"),
  enableECSManagedTags: z.boolean().default(false),
  enableExecuteCommand: z.boolean().default(false),
  clientToken: z.string().optional(),
});
export type RunTaskInput = z.output<typeof runTaskInput>;

/** Members of RunTask that mean nothing on Fargate, or that a laptop cannot do. */
const refused = ["placementConstraints", "placementStrategy", "volumeConfigurations"] as const;

/**
 * Reads RunTask's input and holds it to the limits that need no look at the account.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
 * @throws AwsError InvalidParameterException, ClientException, UnsupportedFeatureException
 */
export function readRunTask(input: unknown): RunTaskInput {
  const request = parseInput(runTaskInput, input);
  if (request.count < 1 || request.count > 10) throw invalid("Task count must be between 1 and 10.");
  if (JSON.stringify(request.overrides).length > 8192)
    throw invalid("Container Overrides length must be at most 8192");
  checkStartedBy(request.startedBy);
  if (request.clientToken !== undefined && !/^[\x21-\x7e]{1,64}$/.test(request.clientToken)) {
    throw invalid("The client token must have 1 to 64 ASCII characters in the range of 33-126.");
  }
  if (request.launchType !== undefined && request.capacityProviderStrategy !== undefined) {
    throw invalid(
      "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    );
  }
  if (request.propagateTags === "SERVICE")
    throw invalid("PropagateTags cannot be SERVICE when running a task.");
  checkTags(request.tags);
  checkNetwork(request);
  for (const name of refused) {
    const value = request[name];
    if (Array.isArray(value) && value.length > 0) {
      throw new AwsError(
        "UnsupportedFeatureException",
        `The local cloud does not support ${name} of RunTask.`,
      );
    }
  }
  return request;
}

function checkStartedBy(startedBy: string | undefined): void {
  if (startedBy === undefined) return;
  if (startedBy.length > 128) throw invalid("startedBy longer than 128.");
  if (!/^[\w/-]*$/.test(startedBy)) throw invalid("startedBy contains invalid characters.");
}

function checkNetwork({ networkConfiguration }: RunTaskInput): void {
  const awsvpc = networkConfiguration?.awsvpcConfiguration;
  if (awsvpc === undefined) return;
  if (awsvpc.subnets.length === 0) throw invalid("subnets can not be empty.");
  if (awsvpc.subnets.length > 16) throw invalid("subnets can have at most 16 items.");
  if (awsvpc.securityGroups.length > 5) throw invalid("securityGroups can have at most 5 items.");
}
