import { measures, statisticsOf, type Measure } from "../../context/metric.ts";
import type { Ecs } from "../ecs.ts";
import { lastPart } from "../model/arns.ts";
import { isRunning, isWanted, type ServiceRecord } from "./service-record.ts";
import { tasksOf } from "./service-tasks.ts";
import type { TaskUsage } from "./task-usage.ts";

/** What ECS and Fargate tell CloudWatch once a minute. */
export function taskMeasures(ecs: Ecs, usage: TaskUsage): Measure[] {
  return [
    ...ecs.services
      .all()
      .filter(({ status }) => status === "ACTIVE")
      .flatMap((service) => ofService(ecs, usage, service)),
    ...ofFargate(ecs),
  ];
}

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html, and where the cluster has Container
 * Insights https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
 */
function ofService(ecs: Ecs, usage: TaskUsage, service: ServiceRecord): Measure[] {
  const dimensions = { ClusterName: lastPart(service.clusterArn), ServiceName: service.serviceName };
  const used = usage.of(service);
  const percent = (name: string, values: readonly number[]): Measure[] =>
    values.length === 0
      ? []
      : [{ namespace: "AWS/ECS", name, dimensions, unit: "Percent", statistics: statisticsOf(values) }];
  const utilization = [
    ...percent(
      "CPUUtilization",
      used.map(({ cpu }) => cpu),
    ),
    ...percent(
      "MemoryUtilization",
      used.map(({ memory }) => memory),
    ),
  ];
  const settings = ecs.clusters.find(service.clusterArn)?.settings ?? [];
  if (!settings.some(({ name, value }) => name === "containerInsights" && value !== "disabled"))
    return utilization;
  const tasks = tasksOf(ecs, service).filter((task) => isWanted(task));
  const running = tasks.filter((task) => isRunning(task)).length;
  const counts = {
    DesiredTaskCount: service.desiredCount,
    RunningTaskCount: running,
    PendingTaskCount: tasks.length - running,
    DeploymentCount: service.deployments.filter(({ status }) => status !== "INACTIVE").length,
  };
  return [...utilization, ...measures("ECS/ContainerInsights", dimensions, counts)];
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/monitoring-fargate-usage.html */
function ofFargate(ecs: Ecs): Measure[] {
  const { onDemand, spot } = ecs.settings.quotaVcpu;
  const classes = [
    { Class: "Standard/OnDemand", inUse: ecs.tasks.vcpusInUse(false), quota: onDemand },
    { Class: "Standard/Spot", inUse: ecs.tasks.vcpusInUse(true), quota: spot },
  ];
  return classes.flatMap(({ Class, inUse, quota }) =>
    measures(
      "AWS/Usage",
      { Service: "Fargate", Type: "Resource", Resource: "vCPU", Class },
      { ResourceCount: inUse },
      "None",
    ).map((measure) => ({ ...measure, quota })),
  );
}
