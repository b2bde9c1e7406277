import { join } from "node:path";
import type { CloudContext } from "../../context/cloud-context.ts";
import { StateFile } from "../../context/state-file.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import { clusterArn, lastPart } from "../model/arns.ts";
import type { StrategyItem, Tag } from "../model/shapes.ts";

export interface Cluster {
  readonly clusterArn: string;
  readonly clusterName: string;
  status: "ACTIVE" | "INACTIVE";
  settings: readonly { name: string; value: string }[];
  configuration?: unknown;
  capacityProviders: readonly string[];
  defaultCapacityProviderStrategy: readonly StrategyItem[];
  tags: readonly Tag[];
}

/** The account's clusters, on disk. A deleted one stays described as INACTIVE, as in AWS. */
export class ClusterStore {
  readonly #context: CloudContext;
  readonly #file: StateFile<Cluster[]>;
  readonly #clusters: Map<string, Cluster>;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#file = new StateFile(join(context.dataDir, "tasks", "clusters.json"));
    this.#clusters = new Map(this.#file.load([]).map((cluster) => [cluster.clusterName, cluster]));
  }

  /** The ARN that a cluster of this name or ARN has, whether it exists or not; `default` where none is named. */
  arnOf(nameOrArn: string | undefined): string {
    return clusterArn(this.#context, lastPart(nameOrArn ?? "default"));
  }

  find(nameOrArn: string | undefined): Cluster | undefined {
    return this.#clusters.get(lastPart(nameOrArn ?? "default"));
  }

  /** @throws AwsError ClusterNotFoundException */
  active(nameOrArn: string | undefined): Cluster {
    const cluster = this.find(nameOrArn);
    if (cluster?.status !== "ACTIVE") throw new AwsError("ClusterNotFoundException", "Cluster not found.");
    return cluster;
  }

  all(): Cluster[] {
    return [...this.#clusters.values()];
  }

  save(cluster: Cluster): void {
    this.#clusters.set(cluster.clusterName, cluster);
    this.#file.save(this.all());
  }
}
