import { join } from "node:path";
import type { CloudContext } from "../../context/cloud-context.ts";
import { StateFile } from "../../context/state-file.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import { lastPart, serviceArn } from "../model/arns.ts";
import type { ServiceRecord } from "./service-record.ts";

const hourMs = 3_600_000;

/** The services of all clusters, on disk. A deleted one stays described as INACTIVE for an hour. */
export class ServiceStore {
  readonly #context: CloudContext;
  readonly #file: StateFile<ServiceRecord[]>;
  readonly #services: Map<string, ServiceRecord>;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#file = new StateFile(join(context.dataDir, "tasks", "services.json"));
    this.#services = new Map(this.#file.load([]).map((service) => [service.serviceArn, service]));
  }

  /** The ARN that a service of this name or ARN has in the cluster, whether it exists or not. */
  arnOf(clusterArn: string, nameOrArn: string): string {
    return serviceArn(this.#context, lastPart(clusterArn), lastPart(nameOrArn));
  }

  find(clusterArn: string, nameOrArn: string): ServiceRecord | undefined {
    const service = this.#services.get(this.arnOf(clusterArn, nameOrArn));
    return service !== undefined && this.#isDescribed(service) ? service : undefined;
  }

  /** @throws AwsError ServiceNotFoundException */
  existing(clusterArn: string, nameOrArn: string): ServiceRecord {
    const service = this.find(clusterArn, nameOrArn);
    if (service === undefined) throw new AwsError("ServiceNotFoundException", "Service not found.");
    return service;
  }

  /** @throws AwsError ServiceNotFoundException, ServiceNotActiveException */
  active(clusterArn: string, nameOrArn: string): ServiceRecord {
    const service = this.existing(clusterArn, nameOrArn);
    if (service.status !== "ACTIVE")
      throw new AwsError("ServiceNotActiveException", "Service was not ACTIVE.");
    return service;
  }

  all(): ServiceRecord[] {
    return [...this.#services.values()].filter((service) => this.#isDescribed(service));
  }

  inCluster(clusterArn: string): ServiceRecord[] {
    return this.all().filter((service) => service.clusterArn === clusterArn);
  }

  save(service: ServiceRecord): void {
    this.#services.set(service.serviceArn, service);
    this.#file.save(this.all());
  }

  #isDescribed(service: ServiceRecord): boolean {
    return service.endedAt === undefined || this.#context.clock.now() - service.endedAt < hourMs;
  }
}
