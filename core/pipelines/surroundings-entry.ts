import { z } from "zod";
import { oneOf, options, whole } from "./entry-schema.ts";
import { secretSource } from "./secret-source.ts";
import { NETWORKS } from "./surroundings.ts";

/** What a user may write about a task's surroundings; the members are members of the entry itself. */

const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const RESERVED_ENVIRONMENT = /^(?:SLIPWAY_|AWS_|ECS_)/;
const INSTANCE_TYPE = /^[a-z0-9-]+\.[a-z0-9-]+$/;
const MOST_INSTANCES = 1000;
const MOST_WEIGHT = 1000;

const VariableName = z
  .string()
  .regex(ENVIRONMENT_NAME, { error: "must consist of letters, digits and underscores" })
  .refine((name) => !RESERVED_ENVIRONMENT.test(name), {
    error: "must not begin with SLIPWAY_, AWS_ or ECS_, which are set for the task; choose another name",
  });

const Secret = z
  .string({ error: 'must say where the secret is, e.g. "ssm:/shop/{stage}/key"' })
  .refine((text) => secretSource(text) !== undefined, {
    error:
      'must be "ssm:NAME", "secretsmanager:NAME" or "secretsmanager:NAME#FIELD", where {stage} in a name is the stage',
  });

export const Instances = options({
  type: z.string().regex(INSTANCE_TYPE, { error: 'must be an EC2 instance type, e.g. "c7g.xlarge"' }),
  most: whole(1, MOST_INSTANCES),
  least: whole(0, MOST_INSTANCES).default(0),
});

export const Weights = options({ onDemand: whole(0, MOST_WEIGHT), spot: whole(0, MOST_WEIGHT) });

const Volume = options({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, {
    error: "must begin with a lower-case letter and have at most 31 lower-case letters, digits and hyphens",
  }),
  path: z.string().regex(/^(?:\/[A-Za-z0-9_.-]+)+$/, {
    error: 'must be a path from the root without a slash at its end, e.g. "/mnt/models"',
  }),
  access: oneOf(["read-write", "read-only"]).default("read-write"),
});

const Permission = options({
  actions: z
    .array(
      z.string().regex(/^[a-z0-9-]+:[A-Za-z0-9]+$/, {
        error: 'must be one action by its whole name, e.g. "rekognition:DetectLabels"; wildcards are refused',
      }),
    )
    .min(1, { error: "must name at least one action" }),
  resources: z
    .array(z.string().regex(/^(?:arn:\S+|\*)$/, { error: "must be an ARN" }))
    .min(1, { error: "must name at least one resource" }),
});

const Https = z.string().regex(/^https:\/\/\S+$/, { error: "must begin with https://" });

const LoadBalancer = options({
  port: whole(1, 65_535),
  healthPath: z.string().startsWith("/", { error: 'must begin with a slash, e.g. "/health"' }).default("/"),
  from: z
    .array(z.cidrv4({ error: 'must be a range of addresses, e.g. "203.0.113.0/24"' }))
    .min(1, { error: "must name at least one range; leave it out to let everybody connect" })
    .default(["0.0.0.0/0"]),
  certificateArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:acm:\S+:certificate\/\S+$/, { error: "must be the ARN of an ACM certificate" })
    .exactOptional(),
  signIn: options({
    issuer: Https,
    authorizationEndpoint: Https,
    tokenEndpoint: Https,
    userInfoEndpoint: Https,
    clientId: z.string().min(1, { error: "must be the id that the issuer gave" }),
    clientSecret: Secret.refine((text) => text.startsWith("secretsmanager:"), {
      error: 'must be at Secrets Manager, e.g. "secretsmanager:shop-{stage}/sign-in#secret"',
    }),
  }).exactOptional(),
});

export const surroundings = {
  network: oneOf(NETWORKS).default("public"),
  volume: Volume.exactOptional(),
  environment: z.record(VariableName, z.string()).default({}),
  secrets: z.record(VariableName, Secret).default({}),
  role: z.array(Permission).default([]),
  image: z
    .string()
    .regex(/^[^\s@:]+(?::\d+)?[^\s@:]*(?::[\w.-]+|@sha256:[0-9a-f]{64})$/, {
      error: 'must be an image with its tag or digest, e.g. "public.ecr.aws/docker/library/busybox:1.37"',
    })
    .exactOptional(),
  build: options({
    dockerfile: z.string().regex(/^(?!\/|.*\.\.)\S+$/, {
      error: 'must be the path of a Dockerfile from the top of the clone, e.g. "tasks/media/Dockerfile.x86"',
    }),
  }).exactOptional(),
  loadBalancer: LoadBalancer.exactOptional(),
};
