import type { Pipeline, Pipelines, ScheduleSource } from "#core/pipelines/pipeline.ts";
import { familyName, logicalName, scheduleRuleId } from "./pipeline-names.ts";
import { allow, arnOf, localArn, ref, roleFor, sub, type Resource, type Resources } from "./template.ts";

const RETRY_POLICY = { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 };

/** A tick that came while a deploy adds its pipeline would meet code that does not know it yet, and be set aside. */
const AFTER_INTAKE = { DependsOn: "IntakeLambdaFunction" };

/** What brings the ticks of a pipeline: an EventBridge rule, or EventBridge Scheduler where the hours are those of a time zone. */
export function scheduleOf(pipeline: Pipeline, stage: string): Resources {
  const { source } = pipeline;
  if (source.type !== "schedule") return {};
  return source.timeZone === undefined
    ? { [scheduleRuleId(pipeline)]: rule(pipeline, source, stage) }
    : zonedSchedule(pipeline, { ...source, timeZone: source.timeZone }, stage);
}

/** Rules send by the queue's policy; Scheduler sends by a role of its own. */
export function scheduleRules(pipelines: Pipelines): string[] {
  return Object.values(pipelines)
    .filter(({ source }) => source.type === "schedule" && source.timeZone === undefined)
    .map(scheduleRuleId);
}

/** Intake knows the pipeline by the whole name; functions/intake/function.yml tells it what stands before the pipeline's. */
function rule(pipeline: Pipeline, { expression }: ScheduleSource, stage: string): Resource {
  return {
    Type: "AWS::Events::Rule",
    ...AFTER_INTAKE,
    Properties: {
      Name: familyName(pipeline, stage),
      Description: `The ticks of pipeline ${pipeline.name}`,
      ScheduleExpression: expression,
      Targets: [
        {
          Id: "intake",
          Arn: arnOf("IntakeQueue"),
          RetryPolicy: RETRY_POLICY,
          DeadLetterConfig: { Arn: arnOf("IntakeDeadLetterQueue") },
        },
      ],
    },
  };
}

/**
 * In the shape of a rule's tick, so that intake reads one kind of event.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
const TICK = JSON.stringify({
  version: "0",
  id: "<aws.scheduler.execution-id>",
  "detail-type": "Scheduled Event",
  source: "aws.scheduler",
  account: "${AWS::AccountId}",
  time: "<aws.scheduler.scheduled-time>",
  region: "${AWS::Region}",
  resources: ["<aws.scheduler.schedule-arn>"],
  detail: {},
});

function zonedSchedule(
  pipeline: Pipeline,
  { expression, timeZone }: Required<ScheduleSource>,
  stage: string,
): Resources {
  const id = logicalName(pipeline.name);
  return {
    [`${id}Schedule`]: {
      Type: "AWS::Scheduler::Schedule",
      ...AFTER_INTAKE,
      Properties: {
        Name: familyName(pipeline, stage),
        Description: `The ticks of pipeline ${pipeline.name}`,
        ScheduleExpression: expression,
        ScheduleExpressionTimezone: timeZone,
        FlexibleTimeWindow: { Mode: "OFF" },
        State: "ENABLED",
        Target: {
          Arn: arnOf("IntakeQueue"),
          RoleArn: arnOf(`${id}ScheduleRole`),
          Input: sub(TICK),
          RetryPolicy: RETRY_POLICY,
          DeadLetterConfig: { Arn: arnOf("IntakeDeadLetterQueue") },
        },
      },
    },
    [`${id}ScheduleRole`]: roleFor(
      "scheduler.amazonaws.com",
      "send-ticks",
      [allow("sqs:SendMessage", [arnOf("IntakeQueue"), arnOf("IntakeDeadLetterQueue")])],
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      {
        StringEquals: {
          "aws:SourceAccount": ref("AWS::AccountId"),
          "aws:SourceArn": localArn("scheduler", "schedule-group/default"),
        },
      },
    ),
  };
}
