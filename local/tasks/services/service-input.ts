import { z } from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import { invalid, strategyItem, tags } from "../model/shapes.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
const deploymentConfiguration = z.looseObject({
  minimumHealthyPercent: z.int().min(0).max(100).default(100),
  maximumPercent: z.int().min(100).max(200).default(200),
  deploymentCircuitBreaker: z
    .object({ enable: z.boolean(), rollback: z.boolean(), resetOnHealthyTask: z.boolean().default(true) })
    .default({ enable: false, rollback: false, resetOnHealthyTask: true }),
  strategy: z.literal("ROLLING").optional(),
});

const launchMembers = {
  capacityProviderStrategy: z.array(strategyItem).optional(),
  networkConfiguration: z
    .object({
      awsvpcConfiguration: z
        .object({
          subnets: z.array(z.string()).min(1).max(16),
          securityGroups: z.array(z.string()).max(5).default([]),
          assignPublicIp: z.enum(["ENABLED", "DISABLED"]).default("DISABLED"),
        })
        .optional(),
    })
    .optional(),
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
export const createServiceInput = z.looseObject({
  cluster: z.string().optional(),
  serviceName: z.string(),
  taskDefinition: z.string().optional(),
  desiredCount: z.int().min(0).optional(),
  launchType: z.enum(["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"]).optional(),
  platformVersion: z.string().default("LATEST"),
  ...launchMembers,
  deploymentConfiguration: deploymentConfiguration.prefault({}),
  deploymentController: z.object({ type: z.enum(["ECS", "CODE_DEPLOY", "EXTERNAL"]) }).optional(),
  schedulingStrategy: z.enum(["REPLICA", "DAEMON"]).default("REPLICA"),
  tags: tags.default([]),
  enableECSManagedTags: z.boolean().default(false),
  propagateTags: z.enum(["TASK_DEFINITION", "SERVICE", "NONE"]).default("NONE"),
  enableExecuteCommand: z.boolean().default(false),
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
export const updateServiceInput = z.looseObject({
  cluster: z.string().optional(),
  service: z.string(),
  desiredCount: z.int().min(0).optional(),
  taskDefinition: z.string().optional(),
  platformVersion: z.string().optional(),
  ...launchMembers,
  deploymentConfiguration: deploymentConfiguration.optional(),
  forceNewDeployment: z.boolean().default(false),
  enableECSManagedTags: z.boolean().optional(),
  propagateTags: z.enum(["TASK_DEFINITION", "SERVICE", "NONE"]).optional(),
  enableExecuteCommand: z.boolean().optional(),
});

/** What is described as it was given and does nothing else: no load balancer, mesh or rack is there. */
const recordedMembers = [
  "availabilityZoneRebalancing",
  "healthCheckGracePeriodSeconds",
  "loadBalancers",
  "placementConstraints",
  "placementStrategy",
  "roleArn",
  "serviceRegistries",
] as const;

export function recordedOf(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = recordedMembers.filter((name) => input[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, input[name]]));
}

/** @throws AwsError InvalidParameterException, UnsupportedFeatureException */
export function checkService(request: z.output<typeof createServiceInput>): void {
  if (!/^[\w-]{1,255}$/.test(request.serviceName))
    throw invalid("Identifier was an unexpected length or contains invalid characters.");
  if (request.launchType !== undefined && request.capacityProviderStrategy !== undefined) {
    throw invalid(
      "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    );
  }
  if (request.taskDefinition === undefined) throw invalid("TaskDefinition can not be blank.");
  if (request.schedulingStrategy === "DAEMON") throw unsupported("the scheduling strategy DAEMON");
  const controller = request.deploymentController?.type ?? "ECS";
  if (controller !== "ECS") throw unsupported(`the deployment controller ${controller}`);
  for (const name of ["serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations"]) {
    if (request[name] !== undefined) throw unsupported(name);
  }
}

const unsupported = (what: string): AwsError =>
  new AwsError("UnsupportedFeatureException", `The local cloud does not support ${what} of a service.`);
