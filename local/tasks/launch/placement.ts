import { AwsError } from "../../gateway/aws-error.ts";
import { clientError, invalid, type StrategyItem } from "../model/shapes.ts";
import type { Cluster } from "../state/cluster-store.ts";
import type { RunTaskInput } from "./run-task-input.ts";

export type FargateProvider = "FARGATE" | "FARGATE_SPOT";

/** Where one task of a call goes; no provider name where a launch type asked for Fargate. */
export interface Place {
  readonly spot: boolean;
  readonly capacityProviderName?: FargateProvider;
}

/**
 * Spreads the tasks of a call over capacity: a launch type, the call's strategy, or the cluster's default strategy.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html
 * @throws AwsError InvalidParameterException, ClientException, UnsupportedFeatureException
 */
export function placeTasks(request: RunTaskInput, cluster: Cluster): Place[] {
  const { launchType, count } = request;
  if (launchType === "FARGATE") return Array.from({ length: count }, () => ({ spot: false }));
  const strategy = request.capacityProviderStrategy ?? cluster.defaultCapacityProviderStrategy;
  if (launchType === undefined && strategy.length > 0) {
    refuseInstances(checkStrategy(strategy, cluster));
    return spread(strategy, count);
  }
  if (launchType === undefined || launchType === "EC2") {
    throw invalid("No Container Instances were found in your cluster.");
  }
  throw new AwsError(
    "UnsupportedFeatureException",
    `The local cloud does not support the launch type ${launchType}.`,
  );
}

/** @throws AwsError as CreateCluster, PutClusterCapacityProviders and RunTask do */
export function checkStrategy(
  strategy: readonly StrategyItem[],
  cluster: Pick<Cluster, "capacityProviders">,
): readonly StrategyItem[] {
  if (strategy.length > 20)
    throw invalid("A capacity provider strategy can have at most 20 capacity providers.");
  for (const { capacityProvider } of strategy) {
    if (!cluster.capacityProviders.includes(capacityProvider)) {
      throw invalid(
        `The specified capacity provider '${capacityProvider}' is not associated with the cluster. Specify a valid capacity provider and try again.`,
      );
    }
  }
  if (strategy.filter(({ base }) => base > 0).length > 1) {
    throw invalid("Only one capacity provider in a capacity provider strategy can have a base defined.");
  }
  if (strategy.length > 0 && strategy.every(({ weight }) => weight === 0)) {
    throw clientError(
      "At least one capacity provider in a capacity provider strategy must have a weight value greater than zero.",
    );
  }
  return strategy;
}

/** @throws AwsError UnsupportedFeatureException: a cluster may have the provider, and there is no instance behind it */
export function refuseInstances(strategy: readonly StrategyItem[]): void {
  const own = strategy.find(({ capacityProvider }) => !/^FARGATE(_SPOT)?$/.test(capacityProvider));
  if (own === undefined) return;
  throw new AwsError(
    "UnsupportedFeatureException",
    `The local cloud has no instances behind the capacity provider ${own.capacityProvider}; it runs tasks on FARGATE and FARGATE_SPOT only.`,
  );
}

/** The base first, then each task where the weights are furthest from being met; the order of the strategy breaks ties. */
function spread(strategy: readonly StrategyItem[], count: number): Place[] {
  const base = strategy.flatMap(({ capacityProvider, base: tasks }) =>
    Array<string>(Math.min(tasks, count)).fill(capacityProvider),
  );
  const chosen = base.slice(0, count);
  const weighted = strategy.filter(({ weight }) => weight > 0);
  const given = new Map<string, number>();
  while (chosen.length < count) {
    const next = weighted.reduce((best, item) => (load(item, given) < load(best, given) ? item : best));
    given.set(next.capacityProvider, (given.get(next.capacityProvider) ?? 0) + 1);
    chosen.push(next.capacityProvider);
  }
  return chosen.map((name) => ({
    spot: name === "FARGATE_SPOT",
    capacityProviderName: name as FargateProvider,
  }));
}

const load = (item: StrategyItem, given: ReadonlyMap<string, number>): number =>
  ((given.get(item.capacityProvider) ?? 0) + 1) / item.weight;
