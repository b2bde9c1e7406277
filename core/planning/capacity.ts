import type { CapacityPolicy, Pipeline } from "../pipelines/pipeline.ts";
import type { RunTaskRequest } from "../runs/run.ts";

/** Whether runs of the pipeline may be on Fargate Spot at all. */
export function maySpot({ type }: CapacityPolicy): boolean {
  return type === "spot-first" || type === "weighted";
}

/**
 * Whether one run goes on Spot. With weights each run draws for itself: a strategy of several providers says how the tasks of one
 * call are spread, and a run is one task.
 * @param random draws a number from 0 up to 1; called only where the pipeline has weights
 */
export function drawsSpot({ type, weights }: CapacityPolicy, random: () => number): boolean {
  if (type !== "weighted" || weights === undefined) return type === "spot-first";
  return random() < weights.spot / (weights.spot + weights.onDemand);
}

/** Where an EC2 pipeline's tasks go: the capacity provider of its own instances. */
export interface OwnCapacity {
  /** Names of capacity providers by pipeline; only pipelines with instances of their own are in it. */
  readonly capacityProviders: Readonly<Record<string, string>>;
}

/**
 * Always a strategy and never a launch type, which would shut out Spot and instances that scale.
 * @throws Error where the stage has no capacity provider for a pipeline on EC2
 */
export function capacityStrategy(
  { pipeline, spot }: { pipeline: Pipeline; spot: boolean },
  { capacityProviders }: OwnCapacity,
): RunTaskRequest["capacityProviderStrategy"] {
  if (pipeline.capacity.type !== "ec2")
    return [{ capacityProvider: spot ? "FARGATE_SPOT" : "FARGATE", weight: 1 }];
  const capacityProvider = capacityProviders[pipeline.name];
  if (capacityProvider !== undefined) return [{ capacityProvider, weight: 1 }];
  throw new Error(`No instances are deployed for pipeline "${pipeline.name}"; deploy the stage again.`);
}
