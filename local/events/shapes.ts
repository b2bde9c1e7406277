import { z } from "zod";

/** The shapes of the API, with the limits of its model. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Types.html */

const text = (min: number, max: number) =>
  z
    .string({ error: "Member must not be null" })
    .min(min, `Member must have length greater than or equal to ${min}`)
    .max(max, `Member must have length less than or equal to ${max}`);

const matching = (pattern: RegExp, max: number) =>
  text(1, max).regex(pattern, `Member must satisfy regular expression pattern: ${pattern.source}`);

export const arn = text(1, 1600);
export const ruleName = matching(/^[.\-_A-Za-z0-9]+$/, 64);
export const busName = matching(/^[/.\-_A-Za-z0-9]+$/, 256);
/** A name or an ARN; absent means the default bus. */
export const busNameOrArn = matching(
  /^(arn:aws[\w-]*:events:[a-z0-9-]+:\d{12}:event-bus\/)?[/.\-_A-Za-z0-9]+$/,
  1600,
).optional();

export const tags = z.array(z.object({ Key: text(1, 128), Value: text(0, 256) }));
export const page = {
  NextToken: text(1, 2048).optional(),
  Limit: z.number().int().min(1).max(100).optional(),
};

const inputTransformer = z.object({
  InputPathsMap: z.record(text(1, 256), text(0, 256)).optional(),
  InputTemplate: text(1, 8192),
});

const ecsParameters = z.object({
  TaskDefinitionArn: arn,
  TaskCount: z.number().int().min(1).optional(),
  LaunchType: z.enum(["EC2", "FARGATE", "EXTERNAL"]).optional(),
  NetworkConfiguration: z
    .object({
      awsvpcConfiguration: z
        .object({
          Subnets: z.array(z.string()),
          SecurityGroups: z.array(z.string()).optional(),
          AssignPublicIp: z.enum(["ENABLED", "DISABLED"]).optional(),
        })
        .optional(),
    })
    .optional(),
  PlatformVersion: z.string().optional(),
  Group: z.string().max(255).optional(),
  CapacityProviderStrategy: z
    .array(
      z.object({ capacityProvider: z.string(), weight: z.number().optional(), base: z.number().optional() }),
    )
    .max(6)
    .optional(),
  EnableECSManagedTags: z.boolean().optional(),
  EnableExecuteCommand: z.boolean().optional(),
  PropagateTags: z.enum(["TASK_DEFINITION"]).optional(),
  ReferenceId: text(0, 1024).optional(),
  Tags: tags.optional(),
});

export const target = z.object({
  Id: matching(/^[.\-_A-Za-z0-9]+$/, 64),
  Arn: arn,
  RoleArn: arn.optional(),
  Input: text(0, 8192).optional(),
  InputPath: text(0, 256).optional(),
  InputTransformer: inputTransformer.optional(),
  EcsParameters: ecsParameters.optional(),
  SqsParameters: z.object({ MessageGroupId: text(0, 100).optional() }).optional(),
  DeadLetterConfig: z.object({ Arn: arn.optional() }).optional(),
  RetryPolicy: z
    .object({
      MaximumRetryAttempts: z.number().int().min(0).max(185).optional(),
      MaximumEventAgeInSeconds: z.number().int().min(60).max(86_400).optional(),
    })
    .optional(),
});
export type Target = z.output<typeof target>;

export const ruleInput = z.object({
  Name: ruleName,
  ScheduleExpression: text(0, 256).optional(),
  EventPattern: text(0, 4096).optional(),
  State: z.enum(["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]).optional(),
  Description: text(0, 512).optional(),
  RoleArn: arn.optional(),
  Tags: tags.optional(),
  EventBusName: busNameOrArn,
});
export type RuleInput = z.output<typeof ruleInput>;
