import {
  DYNAMODB_PRICES,
  EVENT_USD,
  FARGATE_PRICES,
  LAMBDA_PRICES,
  LOG_GB_USD,
  MONTHLY_PRICES,
  PUBLIC_ADDRESS_HOUR_USD,
  S3_PRICES,
  SQS_PRICES,
} from "./prices.ts";
import type { Measure } from "../ports/measures.ts";
import { type CostLine, HOURS_A_MONTH, type PricedTemplate, type TemplateResource } from "./cost-line.ts";

/**
 * Lambda keeps five connections to a queue open that each wait 20 seconds for messages.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
const POLLS_A_MONTH = 5 * 3 * 60 * HOURS_A_MONTH;

/** Of an invocation that finds nothing to do; sweep's wakes dispatch, and with two pipelines that reads so much of the table. */
const INVOCATION = { seconds: 1, logBytes: 2000, readUnits: 70, messages: 4 } as const;
/** Fargate bills a minute at least, and a task that finds nothing takes less. */
const RUN_HOURS = 1 / 60;
/** A run of one job: its way through the table, the queues and the bus, and the report that it leaves. */
const RUN = {
  writeUnits: 25,
  readUnits: 80,
  invocations: 8,
  messages: 30,
  events: 2,
  lists: 5,
  puts: 2,
} as const;

/** What is counted of a tick of sweep, and of a run: jobs for the stage and for the pipeline. */
const METRICS_OF = {
  sweep: ["WaitingSeconds"],
  run: ["JobsSucceeded", "JobsSucceeded"],
} as const satisfies Record<string, readonly Measure[]>;

type Properties = Readonly<Record<string, unknown>>;

/** What a resource does by itself in a month in which nobody uploads anything, as lines of the estimate. */
export const activityOf = {
  eventSourceMapping({ Properties = {} }: TemplateResource, template: PricedTemplate): CostLine[] {
    const queue = template.Resources[logicalIdIn(Properties["EventSourceArn"])];
    const price =
      queue?.Properties?.["FifoQueue"] === true ? SQS_PRICES.fifoRequestUsd : SQS_PRICES.requestUsd;
    return [{ item: "queue that a function listens to", usd: POLLS_A_MONTH * price }];
  },

  rule({ Properties = {} }: TemplateResource, template: PricedTemplate): CostLine[] {
    const times = timesAMonth(String(Properties["ScheduleExpression"] ?? ""));
    if (times === 0) return [];
    const targets = [Properties["Targets"], Properties["Target"]]
      .flat()
      .filter((target) => target !== undefined);
    return targets.flatMap((target) => {
      const called = template.Resources[logicalIdIn((target as Properties)["Arn"])];
      if (called?.Type === "AWS::Lambda::Function")
        return [
          { item: `function that is called ${times} times`, usd: times * invocationUsd(called) },
          ...ownMetrics(METRICS_OF.sweep, times),
        ];
      const definition = definitionOf(String(Properties["Name"] ?? ""), template);
      if (definition === undefined) return [];
      return [
        { item: `task that runs ${times} times for a minute`, usd: times * runUsd(definition) },
        ...ownMetrics(METRICS_OF.run, times),
      ];
    });
  },

  service(service: TemplateResource, template: PricedTemplate): CostLine[] {
    const { Properties = {} } = service;
    const definition = template.Resources[logicalIdIn(Properties["TaskDefinition"])];
    const count = leastTasksOf(service, template) ?? Number(Properties["DesiredCount"] ?? 1);
    if (definition === undefined || count === 0) return [];
    return [{ item: "service", usd: count * taskHourUsd(definition) * HOURS_A_MONTH }];
  },

  /** Instances that always run cost what their type costs, which is not known here. */
  instances({ Properties = {} }: TemplateResource): CostLine[] | undefined {
    return Number(Properties["MinSize"] ?? 0) === 0 ? [] : undefined;
  },
};

/** A metric is billed by the hours in which it has a value. */
function ownMetrics(names: readonly Measure[], timesAMonth: number): CostLine[] {
  const hours = Math.min(1, timesAMonth / HOURS_A_MONTH);
  return names.map(() => ({ item: "metric of our own", usd: hours * MONTHLY_PRICES.metricUsd }));
}

/** The bound to which scaling brings a service that has nothing to do; undefined where none scales it. */
function leastTasksOf(service: TemplateResource, { Resources }: PricedTemplate): number | undefined {
  const id = Object.keys(Resources).find((name) => Resources[name] === service) ?? "";
  const target = Object.values(Resources).find(
    ({ Type, Properties = {} }) =>
      Type === "AWS::ApplicationAutoScaling::ScalableTarget" &&
      JSON.stringify(Properties["ResourceId"]).includes(`\${${id}.Name}`),
  );
  const least = target?.Properties?.["MinCapacity"];
  return least === undefined ? undefined : Number(least);
}

/** How often a schedule ticks: rate(...) exactly, a cron as if it were once an hour. */
function timesAMonth(expression: string): number {
  const [, number, unit = ""] = /^rate\((\d+) (minute|hour|day)/.exec(expression) ?? [];
  const hours = { minute: 1 / 60, hour: 1, day: 24 }[unit];
  if (hours !== undefined) return HOURS_A_MONTH / (Number(number) * hours);
  return expression.startsWith("cron(") ? HOURS_A_MONTH : 0;
}

function invocationUsd({ Properties = {} }: TemplateResource): number {
  const gb = Number(Properties["MemorySize"] ?? 128) / 1024;
  // Its own, and that of dispatch, which it wakes.
  const calls = 2 * (LAMBDA_PRICES.requestUsd + INVOCATION.seconds * gb * LAMBDA_PRICES.gbSecondUsd);
  return (
    calls +
    INVOCATION.readUnits * DYNAMODB_PRICES.readUnitUsd +
    INVOCATION.messages * SQS_PRICES.fifoRequestUsd +
    (INVOCATION.logBytes / 1e9) * LOG_GB_USD
  );
}

function runUsd(definition: TemplateResource): number {
  const gb = 0.5;
  return (
    RUN_HOURS * taskHourUsd(definition) +
    RUN.writeUnits * DYNAMODB_PRICES.writeUnitUsd +
    RUN.readUnits * DYNAMODB_PRICES.readUnitUsd +
    RUN.invocations * (LAMBDA_PRICES.requestUsd + gb * LAMBDA_PRICES.gbSecondUsd) +
    RUN.messages * SQS_PRICES.fifoRequestUsd +
    RUN.events * EVENT_USD +
    RUN.lists * S3_PRICES.listUsd +
    RUN.puts * S3_PRICES.writeUsd
  );
}

/** On demand, with its public address. */
function taskHourUsd({ Properties = {} }: TemplateResource): number {
  const platform = Properties["RuntimePlatform"] as { CpuArchitecture?: "ARM64" | "X86_64" } | undefined;
  const price = FARGATE_PRICES[platform?.CpuArchitecture ?? "X86_64"];
  return (
    (Number(Properties["Cpu"]) / 1024) * price.vcpuHourUsd +
    (Number(Properties["Memory"]) / 1024) * price.gbHourUsd +
    PUBLIC_ADDRESS_HOUR_USD
  );
}

/** The rule of a schedule pipeline has the name of its task definition's family. */
function definitionOf(ruleName: string, { Resources }: PricedTemplate): TemplateResource | undefined {
  return Object.values(Resources).find(
    ({ Type, Properties }) => Type === "AWS::ECS::TaskDefinition" && Properties?.["Family"] === ruleName,
  );
}

/** Of Ref or Fn::GetAtt. */
function logicalIdIn(value: unknown): string {
  const { Ref, "Fn::GetAtt": attribute } = (value ?? {}) as {
    Ref?: string;
    "Fn::GetAtt"?: string | string[];
  };
  const [first = ""] = [attribute].flat();
  return Ref ?? first.replace(/\..*$/, "");
}
