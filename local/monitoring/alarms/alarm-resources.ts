import type {
  Properties,
  ResourceContext,
  ResourceProvider,
  ResourceState,
} from "../../cloudformation/resource-provider.ts";
import type { Alarm } from "./alarm.ts";
import type { AlarmParts } from "./alarm-operations.ts";

/**
 * AWS::CloudWatch::Alarm and AWS::CloudWatch::CompositeAlarm: Ref is the name.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
 */
export function alarmResources({ changes, evaluator }: AlarmParts): ResourceProvider[] {
  const shared = {
    ActionsEnabled: "update",
    AlarmActions: "update",
    AlarmDescription: "update",
    AlarmName: "replace",
    InsufficientDataActions: "update",
    OKActions: "update",
    Tags: "update",
  } as const;
  const provider = (
    type: string,
    own: ResourceProvider["properties"],
    required: readonly string[],
    put: (input: unknown) => Alarm,
  ): ResourceProvider => ({
    type,
    properties: { ...shared, ...own },
    required,
    create: async (properties, context) => stateOf(put(inputOf(properties, nameOf(properties, context)))),
    update: async ({ physicalId }, properties) => stateOf(put(inputOf(properties, physicalId))),
    delete: async ({ physicalId }) => changes.delete([physicalId]),
  });
  return [
    provider(
      "AWS::CloudWatch::Alarm",
      {
        ComparisonOperator: "update",
        DatapointsToAlarm: "update",
        Dimensions: "update",
        EvaluateLowSampleCountPercentile: "update",
        EvaluationPeriods: "update",
        ExtendedStatistic: "update",
        MetricName: "update",
        Metrics: "update",
        Namespace: "update",
        Period: "update",
        Statistic: "update",
        Threshold: "update",
        TreatMissingData: "update",
        Unit: "update",
      },
      ["ComparisonOperator", "EvaluationPeriods"],
      (input) => changes.putMetricAlarm(input),
    ),
    provider("AWS::CloudWatch::CompositeAlarm", { AlarmRule: "update" }, ["AlarmRule"], (input) => {
      const alarm = changes.putCompositeAlarm(input);
      evaluator.evaluateComposites();
      return alarm;
    }),
  ];
}

const nameOf = ({ AlarmName }: Properties, context: ResourceContext): string =>
  typeof AlarmName === "string" ? AlarmName : context.generateName({ maxLength: 255 });

const inputOf = (properties: Properties, AlarmName: string): Properties => ({ ...properties, AlarmName });

const stateOf = ({ input, arn }: Alarm): ResourceState => ({
  physicalId: input.AlarmName,
  attributes: { Arn: arn },
});
