import type { Shape } from "./constraint-table.ts";

/** Where AWS's API has moved on since the model that the tables are taken from, or its model says less than its servers do. */
export interface Correction {
  /** Members of shapes that are replaced or, with undefined, no longer constrained. */
  readonly shapes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Operations that are newer than the model, with their input. */
  readonly operations?: Readonly<Record<string, Shape>>;
}

const ADDED_COMPATIBILITIES = ["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"];

/**
 * By service, from the API references of 2026. Enumerations that grow every few months (Lambda's runtimes, Windows
 * versions) are left to the services.
 */
export const CORRECTIONS: Readonly<Record<string, Correction>> = {
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
  ecs: {
    shapes: {
      Compatibility: { enum: ADDED_COMPATIBILITIES },
      LaunchType: { enum: ADDED_COMPATIBILITIES },
      OSFamily: { enum: undefined },
      TaskDefinitionStatus: { enum: ["ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"] },
    },
  },
  // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
  events: {
    shapes: {
      RuleState: { enum: ["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"] },
      // An entry that lacks a member fails by itself, the others are put: API_PutEvents, "FailedEntryCount".
      PutEventsRequestEntry: { members: {} },
    },
  },
  // A group may be given by its identifier instead: API_FilterLogEvents
  logs: {
    shapes: {
      DescribeLogStreamsRequest: { required: undefined },
      GetLogEventsRequest: { required: undefined },
      FilterLogEventsRequest: { required: undefined },
    },
  },
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
  sqs: {
    // Read by both names of attributes, those of queues and those of messages; the service knows which is which.
    shapes: { QueueAttributeName: { enum: undefined } },
    operations: {
      StartMessageMoveTask: {
        type: "structure",
        required: ["SourceArn"],
        members: { SourceArn: "string", DestinationArn: "string", MaxNumberOfMessagesPerSecond: "integer" },
      },
      CancelMessageMoveTask: {
        type: "structure",
        required: ["TaskHandle"],
        members: { TaskHandle: "string" },
      },
      ListMessageMoveTasks: {
        type: "structure",
        required: ["SourceArn"],
        members: { SourceArn: "string", MaxResults: "integer" },
      },
    },
  },
  // https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
  lambda: {
    shapes: {
      Runtime: { enum: undefined },
      NamespacedFunctionName: { max: 256 },
    },
  },
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html: EntityMetricData may stand instead
  cloudwatch: {
    shapes: {
      PutMetricDataInput: { required: ["Namespace"] },
      PutMetricAlarmInput: { required: ["AlarmName"] },
    },
  },
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
  cloudformation: {
    shapes: {
      TemplateURL: { max: 5120 },
      StackPolicyURL: { max: 5120 },
      StackPolicyDuringUpdateURL: { max: 5120 },
    },
  },
  // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Tag.html
  ssm: { shapes: { TagValue: { min: 0 } } },
  // https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Target.html
  scheduler: {
    shapes: {
      RoleArn: { pattern: String.raw`^arn:aws(-[a-z]+)?:iam::\d{12}:role\/[\w+=,.@\/-]+$` },
      NamePrefix: { pattern: "^[0-9a-zA-Z-_.]+$" },
      ScheduleGroupNamePrefix: { pattern: "^[0-9a-zA-Z-_.]+$" },
    },
  },
};
