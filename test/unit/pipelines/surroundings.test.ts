import { describe, expect, it } from "@jest/globals";
import { definePipelines, PipelinesError } from "#core/pipelines/define-pipelines.ts";

const entry = { source: { type: "upload" as const, prefix: "images/" }, task: "media" };
const ready = { source: entry.source, image: "public.ecr.aws/docker/library/busybox:1.37" };

/** The lines with which an entry is refused; it may be anything, as in a file without types. */
function problemsOf(
  images: Record<string, unknown>,
  others: Record<string, unknown> = {},
): readonly string[] {
  try {
    definePipelines({ images, ...others } as unknown as Parameters<typeof definePipelines>[0]);
  } catch (error) {
    if (error instanceof PipelinesError) return error.problems;
    throw error;
  }
  return [];
}

const served = { source: { type: "queue" }, task: "page" };
const signIn = {
  issuer: "https://login.example.com",
  authorizationEndpoint: "https://login.example.com/authorize",
  tokenEndpoint: "https://login.example.com/token",
  userInfoEndpoint: "https://login.example.com/userinfo",
  clientId: "slipway",
  clientSecret: "secretsmanager:shop/sign-in#secret",
};

const ec2 = (type: string) => ({ type: "ec2", instances: { type, most: 2 } });

describe("the surroundings of a task", () => {
  it.each<[what: string, entry: Record<string, unknown>]>([
    ["weights", { ...entry, capacity: { type: "weighted", weights: { onDemand: 1, spot: 3 } } }],
    ["Graviton instances for ARM64", { ...entry, capacity: ec2("im4gn.large") }],
    ["the first Graviton", { ...entry, capacity: ec2("a1.large") }],
    [
      "instances with a graphics card, which are not Graviton",
      { ...entry, architecture: "X86_64", capacity: ec2("g4dn.xlarge") },
    ],
    ["a ready image", ready],
    ["a ready image by its digest", { ...ready, image: `repository@sha256:${"0".repeat(64)}` }],
    ["a volume", { ...entry, volume: { name: "models", path: "/mnt/models" } }],
    ["a field of a secret", { ...entry, secrets: { KEY: "secretsmanager:shop-{stage}/db#password" } }],
    [
      "everything, where AWS knows no resource",
      { ...entry, role: [{ actions: ["rekognition:DetectLabels"], resources: ["*"] }] },
    ],
    [
      "a service that a private network reaches",
      { ...entry, network: "private", role: [{ actions: ["sns:Publish"], resources: ["arn:aws:sns:::a"] }] },
    ],
    [
      "hours of a time zone",
      {
        task: "media",
        source: { type: "schedule", expression: "cron(0 3 * * ? *)", timeZone: "Europe/Berlin" },
      },
    ],
  ])("may have %s", (_what, images) => {
    expect(problemsOf(images)).toEqual([]);
  });

  it.each<[what: string, entry: Record<string, unknown>, problem: string]>([
    ["no program", { source: entry.source }, "task must name a folder under tasks/, or image a ready image."],
    [
      "two programs",
      { ...ready, task: "media" },
      'image "public.ecr.aws/docker/library/busybox:1.37" and task "media" are two programs; leave one of them out.',
    ],
    [
      "a Dockerfile for a ready image",
      { ...ready, build: { dockerfile: "Dockerfile" } },
      'image "public.ecr.aws/docker/library/busybox:1.37" is ready and build.dockerfile would build another; leave one of them out.',
    ],
    [
      "an image whose tag may be any",
      { ...ready, image: "busybox" },
      'image must be an image with its tag or digest, e.g. "public.ecr.aws/docker/library/busybox:1.37".',
    ],
    [
      "a Dockerfile outside of the clone",
      { ...entry, build: { dockerfile: "../Dockerfile" } },
      'build.dockerfile must be the path of a Dockerfile from the top of the clone, e.g. "tasks/media/Dockerfile.x86".',
    ],
    [
      "weights where nothing is weighed",
      { ...entry, capacity: { weights: { onDemand: 1, spot: 1 } } },
      'capacity.weights are for capacity.type "weighted", and it is "spot-first"; change the type or leave the weights out.',
    ],
    [
      "no weights",
      { ...entry, capacity: { type: "weighted" } },
      'capacity.type "weighted" needs capacity.weights, e.g. { onDemand: 1, spot: 3 }.',
    ],
    [
      "weights of nothing",
      { ...entry, capacity: { type: "weighted", weights: { onDemand: 0, spot: 0 } } },
      "capacity.weights are both 0, so no run could be launched; raise one of them.",
    ],
    [
      "no instances",
      { ...entry, capacity: { type: "ec2" } },
      'capacity.type "ec2" needs capacity.instances, e.g. { type: "c7g.xlarge", most: 4 }.',
    ],
    [
      "instances on Fargate",
      { ...entry, capacity: { instances: { type: "c7g.large", most: 1 } } },
      'capacity.instances are for capacity.type "ec2", and it is "spot-first"; change the type or leave the instances out.',
    ],
    [
      "more instances at least than at most",
      { ...entry, capacity: { type: "ec2", instances: { type: "c7g.large", most: 1, least: 2 } } },
      "capacity.instances.least 2 is more than capacity.instances.most 1; raise the second or lower the first.",
    ],
    [
      "instances of the other processor",
      { ...entry, capacity: ec2("c7i.large") },
      'capacity.instances.type "c7i.large" has X86_64 processors and architecture is "ARM64"; change one of them.',
    ],
    [
      "a disk of its own on an instance",
      { ...entry, ephemeralStorageGiB: 50, capacity: ec2("c7g.large") },
      'ephemeralStorageGiB is the disk of a Fargate task, and tasks of capacity.type "ec2" share their instance\'s; leave it out.',
    ],
    [
      "a network that there is not",
      { ...entry, network: "vpc-1" },
      'network must be one of "public", "private", "existing".',
    ],
    [
      "an image that a private network cannot pull",
      { ...ready, network: "private" },
      'image "public.ecr.aws/docker/library/busybox:1.37" cannot be pulled in network "private", which reaches no registry but ECR; copy it there or choose another network.',
    ],
    [
      "a service out of a private network's reach",
      {
        ...entry,
        network: "private",
        role: [{ actions: ["polly:SynthesizeSpeech"], resources: ["arn:aws:polly:::lexicon/a"] }],
      },
      'role allows polly, for which no endpoint is known in network "private"; choose another network or add it to core/pipelines/private-endpoints.ts.',
    ],
    [
      "a volume over the container's own folders",
      { ...entry, volume: { name: "models", path: "/tmp/models" } },
      'volume.path "/tmp/models" is in /tmp, which the container needs itself; choose another, e.g. "/mnt/models".',
    ],
    [
      "a relative volume",
      { ...entry, volume: { name: "models", path: "models" } },
      'volume.path must be a path from the root without a slash at its end, e.g. "/mnt/models".',
    ],
    [
      "a secret at no known place",
      { ...entry, secrets: { KEY: "vault:key" } },
      'secrets.KEY must be "ssm:NAME", "secretsmanager:NAME" or "secretsmanager:NAME#FIELD", where {stage} in a name is the stage.',
    ],
    [
      "a secret whose name would open others",
      { ...entry, secrets: { KEY: "ssm:/shop/*" } },
      'secrets.KEY must be "ssm:NAME", "secretsmanager:NAME" or "secretsmanager:NAME#FIELD", where {stage} in a name is the stage.',
    ],
    [
      "a variable that is set twice",
      { ...entry, environment: { KEY: "a" }, secrets: { KEY: "ssm:/key" } },
      "secrets.KEY and environment.KEY set the same variable; leave one of them out.",
    ],
    [
      "an action by wildcard",
      { ...entry, role: [{ actions: ["s3:Get*"], resources: ["arn:aws:s3:::shop/*"] }] },
      'role.0.actions.0 must be one action by its whole name, e.g. "rekognition:DetectLabels"; wildcards are refused.',
    ],
    [
      "everything, where AWS knows resources",
      { ...entry, role: [{ actions: ["sns:Publish"], resources: ["*"] }] },
      "role.0 allows sns:Publish on everything; name the resources (or, where AWS knows none for the action, add it to core/pipelines/unscoped-actions.ts with the reason).",
    ],
    [
      "a time zone that there is not",
      { task: "media", source: { type: "schedule", expression: "cron(0 3 * * ? *)", timeZone: "Mars/Base" } },
      'source.timeZone must be a time zone by its IANA name, e.g. "Europe/Berlin".',
    ],
    [
      "a time zone for a rate",
      { task: "media", source: { type: "schedule", expression: "rate(1 hour)", timeZone: "Europe/Berlin" } },
      'source.timeZone "Europe/Berlin" has no meaning for "rate(1 hour)", which counts and knows no hours; leave it out or write a cron.',
    ],
  ])("may not have %s", (_what, images, problem) => {
    expect(problemsOf(images)).toEqual([`Pipeline "images": ${problem}`]);
  });

  it.each<[what: string, entry: Record<string, unknown>, problem: string]>([
    [
      "a load balancer where there is no service",
      { ...entry, loadBalancer: { port: 8080 } },
      'loadBalancer stands before a service, and only a pipeline with source { type: "queue" } has one; change the source or leave the load balancer out.',
    ],
    [
      "sign-in without HTTPS",
      { ...served, loadBalancer: { port: 8080, signIn } },
      "loadBalancer.signIn needs HTTPS, and there is no loadBalancer.certificateArn; add it.",
    ],
    [
      "scaling by requests that nobody counts",
      { ...served, worker: { requestsPerTask: 100 } },
      "worker.requestsPerTask counts the requests through a load balancer, and there is none; add loadBalancer or leave it out.",
    ],
  ])("may not have %s", (_what, images, problem) => {
    expect(problemsOf(images)).toEqual([`Pipeline "images": ${problem}`]);
  });

  it("shares files within one VPC only", () => {
    const volume = { name: "models", path: "/mnt/models" };
    const other = { ...entry, source: { type: "upload", prefix: "other/" }, volume, network: "existing" };

    expect(problemsOf({ ...entry, volume }, { other })).toEqual([
      'Pipeline "other": the stage has one file system, and pipeline "images" reaches it from network "public" and this one from "existing"; give both a network in the same VPC.',
    ]);
  });

  it("does not climb beyond the size on instances, which have the memory that they have", () => {
    const { images } = definePipelines({
      images: { ...entry, capacity: { type: "ec2", instances: { type: "c7g.large", most: 2 } } },
    });

    expect(images?.maxSize).toEqual(images?.size);
  });
});
