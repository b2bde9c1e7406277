import type { Rule } from "./rule.ts";

const noRoom = {
  class: "capacity",
  retry: "later",
  happened: "There is no room for the task now",
  advice:
    "Wait at first; if it goes on, ask AWS for a higher quota, lower capacity.maxTasks or allow more zones.",
} as const;

/**
 * Throttles, quotas, room and addresses: it works later as it stands.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
 */
export const placementRules: readonly Rule[] = [
  {
    // Docker Hub answers pulls over its limit with 429; ECS may cut the number off and leave only the address.
    text: /pull rate limit|increase-rate-limit|download-rate-limit|toomanyrequests: too many requests|unexpected status code https?:\/\/registry-1\.docker\.io(?!.*(40[134]|not found|denied|unauthori))/i,
    class: "throttled",
    retry: "later",
    happened: "The image's registry allows no more pulls for now",
    advice: "Wait, or copy the image to Amazon ECR or sign in to the registry, which raises its limit.",
  },
  {
    text: /throttl|rate exceeded|(request|rate)[ _]?(rate )?limit[ _]?exceeded|requestlimitexceeded|too ?many ?requests|slow ?down|reduce your request rate|too many concurrent|\b429\b/i,
    class: "throttled",
    retry: "yes",
    happened: "AWS asked for fewer calls in a second",
    advice: "Wait: it is tried again; ask AWS for a higher rate if it happens every day.",
  },
  {
    text: /insufficient_?free_?addresses|insufficient_?cidr_?blocks|(not|n't) have (enough|sufficient) (free |available )?(ip )?addresses|no (more )?(free|available) (private )?(ip )?addresses/i,
    class: "network",
    retry: "later",
    happened: "The subnet has no free address for the task",
    advice: "Give the stage larger or more subnets, or lower capacity.maxTasks.",
  },
  {
    text: /missing an attribute|encountered error "?attribute/i,
    class: "configuration",
    retry: "no",
    happened: "No container instance has what the task definition asks for",
    advice: "Compare the task definition's requirements with the attributes of the container instances.",
  },
  {
    text: /\bresource:(cpu|memory|eni|gpu|disk|ports?(_udp)?|\*)|capacity is (currently )?unavailable|\b(insufficient|no|not enough|not have sufficient|not have enough)[ _a-z0-9.]*[ _]?capacity|insufficient_?(instance|host|reserved_?instance)_?capacity|insufficient (cpu|memory|gpu|eni|disk)|already using a port/i,
    ...noRoom,
  },
  {
    text: /empty capacity provider|no active instances|no container instances? (were found|met all)|(^|: ?|")agent"?\s*($|[:;])/i,
    ...noRoom,
  },
  {
    text: /(reached|exceed(s|ed)?|above|over|hit) (the|your|its|this account's|an?)?[a-z0-9 '-]*\b(limit|quota)\b|\bquota (was |has been |is )?exceeded|servicequotaexceeded|(?<!securitygroupsperinterface)(limit|count)exceeded|limit for the resource has been exceeded|configuration is above your limit/i,
    ...noRoom,
    happened: "The account's quota is used up",
  },
];

/** ECS found no place and says no more. */
export const noPlaceRules: readonly Rule[] = [
  { text: /unable to place a task|unable to launch|could not launch/i, ...noRoom },
];
