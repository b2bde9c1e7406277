import type { CloudContext } from "../../context/cloud-context.ts";

type Place = Pick<CloudContext, "region" | "accountId">;

/** ARNs of ECS, https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
const arn = (place: Place, rest: string): string => `arn:aws:ecs:${place.region}:${place.accountId}:${rest}`;

export const clusterArn = (place: Place, name: string): string => arn(place, `cluster/${name}`);

/** `task` may be `*`. */
export const taskArn = (place: Place, cluster: string, task: string): string =>
  arn(place, `task/${cluster}/${task}`);

export const containerArn = (place: Place, cluster: string, task: string, container: string): string =>
  arn(place, `container/${cluster}/${task}/${container}`);

/** `service` may be `*`. */
export const serviceArn = (place: Place, cluster: string, service: string): string =>
  arn(place, `service/${cluster}/${service}`);

/** `revision` may be `*`. */
export const definitionArn = (place: Place, family: string, revision: number | string): string =>
  arn(place, `task-definition/${family}:${revision}`);

/** What ListTasks is authorized on: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html */
export const anyContainerInstanceArn = (place: Place, cluster: string): string =>
  arn(place, `container-instance/${cluster}/*`);

/** The part behind the last slash: a cluster's name, a task's id, `family:revision`. A bare name is its own. */
export function lastPart(arnOrName: string): string {
  return arnOrName.slice(arnOrName.lastIndexOf("/") + 1);
}
