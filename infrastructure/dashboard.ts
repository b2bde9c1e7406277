import { isDeadLetterQueue, type Watched } from "./alarms.ts";
import { type Metric, ownMetric, queueMetric, vcpuInUse } from "./metrics.ts";
import { sub, type Intrinsic, type Resources } from "./template.ts";

/** A line of a graph: a metric with its name, or an expression over the others. */
interface Line {
  readonly metric: Metric;
  readonly label: string;
  readonly stat: "Sum" | "Maximum" | "Average";
}

/** The functions whose errors and pace the dashboard shows, by their logical ids. */
const FUNCTIONS = ["Intake", "Dispatch", "Wake", "Track", "Notify", "Sweep"];

/** One page that says whether the stage works: jobs, launches, queues, capacity, functions. */
export function dashboard(watched: Watched): Resources {
  if (!watched.settings.dashboard) return {};
  return {
    Dashboard: {
      Type: "AWS::CloudWatch::Dashboard",
      Properties: { DashboardBody: sub(JSON.stringify({ widgets: widgets(watched) })) },
    },
  };
}

function widgets({ stage, pipelines, queues }: Watched): object[] {
  const names = Object.keys(pipelines);
  const own = (name: Parameters<typeof ownMetric>[1], label: string, pipeline?: string): Line => ({
    metric: ownMetric(stage, name, pipeline),
    label,
    stat: name === "WaitingSeconds" ? "Maximum" : "Sum",
  });
  const ofFunctions = (name: string, stat: Line["stat"]): Line[] =>
    FUNCTIONS.map((id) => ({ metric: functionMetric(name, id), label: id.toLowerCase(), stat }));
  const graphs: [title: string, lines: Line[]][] = [
    ["Jobs that succeeded", names.map((name) => own("JobsSucceeded", name, name))],
    ["Jobs that failed", names.map((name) => own("JobsFailed", name, name))],
    ["Seconds that the oldest due job has waited", [own("WaitingSeconds", "waiting")]],
    ["Launches that failed", [own("LaunchesFailed", "failed")]],
    [
      "vCPU in use",
      [
        { metric: vcpuInUse("OnDemand"), label: "on demand", stat: "Maximum" },
        { metric: vcpuInUse("Spot"), label: "Spot", stat: "Maximum" },
      ],
    ],
    [
      "Age of the oldest message, seconds",
      queues
        .filter((queue) => !isDeadLetterQueue(queue))
        .map((queue) => ({
          metric: queueMetric("ApproximateAgeOfOldestMessage", queue),
          label: queue,
          stat: "Maximum",
        })),
    ],
    [
      "Dead letters",
      queues.filter(isDeadLetterQueue).map((queue) => ({
        metric: queueMetric("ApproximateNumberOfMessagesVisible", queue),
        label: queue,
        stat: "Maximum",
      })),
    ],
    ["Errors of functions", ofFunctions("Errors", "Sum")],
    ["Throttles of functions", ofFunctions("Throttles", "Sum")],
    ["Duration of functions, ms", ofFunctions("Duration", "Average")],
  ];
  return graphs.map(([title, lines], index) => graph(title, lines, index));
}

/** Two a row; a dashboard is 24 columns wide. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
function graph(title: string, lines: readonly Line[], index: number): object {
  return {
    type: "metric",
    x: (index % 2) * 12,
    y: Math.floor(index / 2) * 6,
    width: 12,
    height: 6,
    properties: {
      title,
      region: "${AWS::Region}",
      period: 300,
      metrics: lines.map(({ metric, label, stat }) => [
        metric.Namespace,
        metric.MetricName,
        ...metric.Dimensions.flatMap(({ Name, Value }) => [Name, inText(Value)]),
        { label, stat },
      ]),
    },
  };
}

function functionMetric(MetricName: string, id: string): Metric {
  return {
    Namespace: "AWS/Lambda",
    MetricName,
    Dimensions: [{ Name: "FunctionName", Value: { Ref: `${id}LambdaFunction` } }],
  };
}

function inText(value: string | Intrinsic): string {
  if (typeof value === "string") return value;
  if ("Ref" in value) return `\${${value.Ref}}`;
  return "Fn::GetAtt" in value ? `\${${value["Fn::GetAtt"].join(".")}}` : value["Fn::Sub"];
}
