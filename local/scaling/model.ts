import { z } from "zod";
import { AwsError } from "../gateway/aws-error.ts";

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_Types.html */
export const targetKey = z.object({
  ServiceNamespace: z.string(),
  ResourceId: z.string(),
  ScalableDimension: z.string(),
});
export type TargetKey = z.output<typeof targetKey>;

export const suspendedState = z.object({
  DynamicScalingInSuspended: z.boolean().default(false),
  DynamicScalingOutSuspended: z.boolean().default(false),
  ScheduledScalingSuspended: z.boolean().default(false),
});

const dimension = z.object({ Name: z.string(), Value: z.string() });

const customizedMetric = z.object({
  MetricName: z.string().optional(),
  Namespace: z.string().optional(),
  Dimensions: z.array(dimension).optional(),
  Statistic: z.enum(["Average", "Minimum", "Maximum", "SampleCount", "Sum"]).optional(),
  Unit: z.string().optional(),
  Metrics: z
    .array(
      z.object({
        Id: z.string(),
        Label: z.string().optional(),
        Expression: z.string().optional(),
        ReturnData: z.boolean().default(true),
        MetricStat: z
          .object({
            Metric: z.object({
              MetricName: z.string().optional(),
              Namespace: z.string().optional(),
              Dimensions: z.array(dimension).optional(),
            }),
            Stat: z.string(),
            Unit: z.string().optional(),
          })
          .optional(),
      }),
    )
    .optional(),
});

export const targetTracking = z.object({
  TargetValue: z.number().positive(),
  PredefinedMetricSpecification: z
    .object({
      PredefinedMetricType: z.enum([
        "ECSServiceAverageCPUUtilization",
        "ECSServiceAverageMemoryUtilization",
        "ALBRequestCountPerTarget",
      ]),
      ResourceLabel: z.string().optional(),
    })
    .optional(),
  CustomizedMetricSpecification: customizedMetric.optional(),
  ScaleInCooldown: z.int().min(0).optional(),
  ScaleOutCooldown: z.int().min(0).optional(),
  DisableScaleIn: z.boolean().default(false),
});
export type TargetTracking = z.output<typeof targetTracking>;

export const stepScaling = z.object({
  AdjustmentType: z.enum(["ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity"]),
  StepAdjustments: z
    .array(
      z.object({
        MetricIntervalLowerBound: z.number().optional(),
        MetricIntervalUpperBound: z.number().optional(),
        ScalingAdjustment: z.int(),
      }),
    )
    .min(1)
    .max(20),
  MinAdjustmentMagnitude: z.int().min(1).optional(),
  Cooldown: z.int().min(0).optional(),
  MetricAggregationType: z.enum(["Average", "Minimum", "Maximum"]).default("Average"),
});
export type StepScaling = z.output<typeof stepScaling>;

export interface ScalableTarget extends TargetKey {
  readonly arn: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  min: number;
  max: number;
  roleArn: string;
  suspended: z.output<typeof suspendedState>;
  /** The last changes of capacity, for the cooldowns. */
  lastOut?: { readonly at: number; readonly from: number };
  lastIn?: { readonly at: number };
}

export interface ScalingPolicy extends TargetKey {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: number;
  readonly rule:
    | { readonly type: "TargetTrackingScaling"; readonly configuration: TargetTracking }
    | { readonly type: "StepScaling"; readonly configuration: StepScaling };
  /** Those that target tracking made for itself. */
  readonly alarms: readonly { readonly name: string; readonly arn: string }[];
}

export interface ScheduledAction extends TargetKey {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: number;
  readonly schedule: string;
  readonly timezone: string;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly action: { readonly MinCapacity?: number | undefined; readonly MaxCapacity?: number | undefined };
  /** When it is due next; absent once it is over. */
  dueAt?: number;
}

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScalingActivity.html */
export interface ScalingActivity extends TargetKey {
  readonly id: string;
  readonly description: string;
  readonly cause: string;
  readonly at: number;
  readonly statusCode: "Successful" | "Failed";
  readonly statusMessage: string;
}

export const keyOf = ({ ServiceNamespace, ResourceId, ScalableDimension }: TargetKey): string =>
  `${ServiceNamespace}|${ScalableDimension}|${ResourceId}`;

/** `service/CLUSTER/NAME` */
export function serviceIn({ ResourceId }: TargetKey): { cluster: string; service: string } {
  const [, cluster = "", service = ""] = ResourceId.split("/");
  return { cluster, service };
}

export const validation = (message: string): AwsError => new AwsError("ValidationException", message);
export const notFound = (message: string): AwsError => new AwsError("ObjectNotFoundException", message);

/** @throws AwsError ValidationException that names the member */
export function parsed<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw validation(
    `Invalid value at '${issue?.path.join(".") ?? ""}': ${issue?.message ?? "not understood"}`,
  );
}

/** The laptop scales what it has: the desired count of ECS services. @throws AwsError ValidationException */
export function checkKey(key: TargetKey): void {
  if (key.ServiceNamespace !== "ecs" || key.ScalableDimension !== "ecs:service:DesiredCount")
    throw validation(
      `The local cloud scales ecs:service:DesiredCount only, not ${key.ScalableDimension} of ${key.ServiceNamespace}.`,
    );
  if (!/^service\/[\w-]+\/[\w-]+$/.test(key.ResourceId))
    throw validation(`Unsupported resource ID: ${key.ResourceId}, expected service/CLUSTER/SERVICE.`);
}
