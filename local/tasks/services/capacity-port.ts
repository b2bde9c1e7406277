import type { ServicePort } from "../../context/cloud-context.ts";
import type { Ecs } from "../ecs.ts";
import { primaryOf } from "./service-record.ts";

/** What Application Auto Scaling sees and sets of the services. */
export function capacityPort(ecs: Ecs): ServicePort {
  return {
    find(cluster, name) {
      const service = ecs.services.find(ecs.clusters.arnOf(cluster), name);
      if (service?.status !== "ACTIVE") return undefined;
      return {
        desiredCount: service.desiredCount,
        isDeploying: primaryOf(service).rolloutState === "IN_PROGRESS",
      };
    },
    setDesiredCount(cluster, name, count) {
      const service = ecs.services.active(ecs.clusters.arnOf(cluster), name);
      service.desiredCount = count;
      ecs.services.save(service);
      ecs.scheduler.events.action(service, "SERVICE_DESIRED_COUNT_UPDATED");
      ecs.scheduler.wake(service);
    },
  };
}
