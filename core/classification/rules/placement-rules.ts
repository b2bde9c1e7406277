import { pullThatSays } from "./image-rules.ts";
import { type Rule, anyOf } from "./rule.ts";

const noRoom = {
  class: "capacity",
  retry: "later",
  happened: "There is no room for the task now",
  advice:
    "Wait at first; if it goes on, ask AWS for a higher quota, lower capacity.maxTasks or allow more zones.",
} as const;

/** The number as a status, not as an image's tag or a part of an id. */
const STATUS_429 = /(http|status|code|error)[^a-z0-9]{0,3}429\b/;

/**
 * Throttles, quotas, room and addresses: it works later as it stands.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
 */
export const placementRules: readonly Rule[] = [
  {
    // Docker Hub answers pulls over its limit with 429; ECS may cut the number off and leave only the address.
    text: anyOf(
      pullThatSays(/rate limit/),
      /(pull|increase|download) rate limit/,
      /too many requests: too many requests/,
      /docker\.io.*too many requests/,
      new RegExp(`docker\\.io.*${STATUS_429.source}`),
      /unexpected status code https?:\/\/registry-1\.docker\.io(?!.*(\b40[134]\b|not found|denied|unauthori))/,
    ),
    class: "throttled",
    retry: "later",
    happened: "The image's registry allows no more pulls for now",
    advice: "Wait, or copy the image to Amazon ECR or sign in to the registry, which raises its limit.",
  },
  {
    text: anyOf(
      /throttl/,
      /throughput (was )?exceeded/,
      /rate exceeded/,
      /(request|rate) (rate )?limit exceeded/,
      /too many requests/,
      /slow down/,
      /reduce your request rate/,
      /too many concurrent/,
      /prior request not complete/,
      /rate limit token/,
      /retry quota exceeded/,
      STATUS_429,
    ),
    class: "throttled",
    retry: "yes",
    happened: "AWS asked for fewer calls in a second",
    advice: "Wait: it is tried again; ask AWS for a higher rate if it happens every day.",
  },
  {
    text: anyOf(
      /((in)?sufficient|enough|out of|\bno|more) ((free|available|private|ip) )*addresses/,
      /insufficient cidr blocks/,
    ),
    class: "network",
    retry: "later",
    happened: "The subnet has no free address for the task",
    advice: "Give the stage larger or more subnets, or lower capacity.maxTasks.",
  },
  {
    text: anyOf(/missing (an |the )?(required )?attribute/, /encountered error "?attribute/),
    class: "configuration",
    retry: "no",
    happened: "No container instance has what the task definition asks for",
    advice: "Compare the task definition's requirements with the attributes of the container instances.",
  },
  {
    text: anyOf(
      /\bresource:(?!arn:)[a-z_*]/,
      /capacity is (currently )?unavailable/,
      /\bout of capacity/,
      /\b((in)?sufficient|enough|no)[ _a-z0-9.]* capacity(?! provider)/,
      /(insufficient|enough) (cpu|memory|gpu|eni|disk)/,
      /already using a port/,
      /closest matching.*\bhas no\b.*available/,
      /\b(at|waiting for) capacity\b(?! provider)/,
    ),
    ...noRoom,
  },
  {
    text: anyOf(
      /empty capacity provider/,
      /no active instances/,
      /encountered error ["']?agent/,
      /no container instances? .*(\bfound|\bmet all|match all)/,
      /(^|[:-] |")agent"?\s*($|[:;])/,
    ),
    ...noRoom,
  },
  {
    text: anyOf(
      /^(?!.*(pull|quota)).*\b(size|length|characters)\b.*(exceed|limit|longer|larger)/,
      /^(?!.*(pull|quota)).*(exceed|limit|longer|larger).*\b(size|length|characters)\b/,
    ),
    class: "configuration",
    retry: "no",
    happened: "A part of the request is larger than ECS takes",
    advice: "Shorten what the message names; large inputs belong into S3.",
  },
  {
    text: anyOf(
      /(reached|exceed(s|ed)?|above|over|hit) (the|your|its|this account's|an?)?[a-z0-9 '-]*\b(limit|quota)\b/,
      /(?<!per interface )(limit|quota|count) (was |has been |is )?exceeded/,
      /quota allows/,
      /(maximum ([a-z]+ )?(number|limit|count)|limit for) (?!.*(retries|attempts)).*\b(reached|exceeded)/,
    ),
    ...noRoom,
    happened: "The account's quota is used up",
  },
];

/** ECS found no place and says no more. */
export const noPlaceRules: readonly Rule[] = [
  { text: anyOf(/unable to place a task/, /unable to launch/, /could not launch/), ...noRoom },
];
