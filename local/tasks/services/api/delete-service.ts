import { z } from "zod";
import type { EcsOperation } from "../../ecs.ts";
import { invalid, parseInput } from "../../model/shapes.ts";
import { serviceDocument } from "../service-document.ts";

const deleteServiceInput = z.object({
  cluster: z.string().optional(),
  service: z.string(),
  force: z.boolean().default(false),
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html */
export const deleteService: EcsOperation = (ecs, input, authorize) => {
  const request = parseInput(deleteServiceInput, input);
  const clusterArn = ecs.clusters.arnOf(request.cluster);
  authorize("ecs:DeleteService", ecs.services.arnOf(clusterArn, request.service), {
    "ecs:cluster": clusterArn,
  });
  ecs.clusters.active(request.cluster);
  const service = ecs.services.active(clusterArn, request.service);
  if (service.desiredCount > 0 && !request.force)
    throw invalid("The service cannot be stopped while it is scaled above 0.");
  service.desiredCount = 0;
  service.status = "DRAINING";
  ecs.services.save(service);
  ecs.scheduler.wake(service);
  return { service: serviceDocument(ecs, service, { tags: false }) };
};
