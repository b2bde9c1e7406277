import type { Pipeline, Pipelines } from "./pipeline.ts";
import { servicesOutOfReach } from "./private-endpoints.ts";
import { UNSCOPED_ACTIONS } from "./unscoped-actions.ts";

/** What an entry says of its surroundings that cannot be true, each in words that follow the entry's name. */
export function surroundingProblems(pipeline: Pipeline): string[] {
  return [
    programProblem(pipeline),
    buildProblem(pipeline),
    weightsProblem(pipeline),
    instancesProblem(pipeline),
    processorProblem(pipeline),
    diskProblem(pipeline),
    timeZoneProblem(pipeline),
    mountProblem(pipeline),
    frontProblem(pipeline),
    requestsProblem(pipeline),
    signInProblem(pipeline),
    ...reachProblems(pipeline),
    ...secretProblems(pipeline),
    ...permissionProblems(pipeline),
  ].filter((problem) => problem !== undefined);
}

function programProblem({ task, image }: Pipeline): string | undefined {
  if (task === undefined && image === undefined)
    return "task must name a folder under tasks/, or image a ready image";
  if (task === undefined || image === undefined) return undefined;
  return `image "${image}" and task "${task}" are two programs; leave one of them out`;
}

function buildProblem({ build, image }: Pipeline): string | undefined {
  if (build === undefined || image === undefined) return undefined;
  return `image "${image}" is ready and build.dockerfile would build another; leave one of them out`;
}

function weightsProblem({ capacity: { type, weights } }: Pipeline): string | undefined {
  if (type !== "weighted" && weights !== undefined)
    return `capacity.weights are for capacity.type "weighted", and it is "${type}"; change the type or leave the weights out`;
  if (type !== "weighted") return undefined;
  if (weights === undefined)
    return 'capacity.type "weighted" needs capacity.weights, e.g. { onDemand: 1, spot: 3 }';
  if (weights.onDemand + weights.spot > 0) return undefined;
  return "capacity.weights are both 0, so no run could be launched; raise one of them";
}

function instancesProblem({ capacity: { type, instances } }: Pipeline): string | undefined {
  if (type !== "ec2" && instances !== undefined)
    return `capacity.instances are for capacity.type "ec2", and it is "${type}"; change the type or leave the instances out`;
  if (type !== "ec2") return undefined;
  if (instances === undefined)
    return 'capacity.type "ec2" needs capacity.instances, e.g. { type: "c7g.xlarge", most: 4 }';
  if (instances.least <= instances.most) return undefined;
  return `capacity.instances.least ${instances.least} is more than capacity.instances.most ${instances.most}; raise the second or lower the first`;
}

/** The letters after the generation hold a g where the processor is Graviton: c7g, m6gd, im4gn; a1 is the first of them. */
const GRAVITON = /^(?:a1|[a-z]+\d+[a-z]*g[a-z]*)(?:-[a-z0-9]+)?\./;

function processorProblem({ architecture, capacity: { instances } }: Pipeline): string | undefined {
  if (instances === undefined) return undefined;
  const has = GRAVITON.test(instances.type) ? "ARM64" : "X86_64";
  if (has === architecture) return undefined;
  return `capacity.instances.type "${instances.type}" has ${has} processors and architecture is "${architecture}"; change one of them`;
}

const FARGATE_GIB = 20;

function diskProblem({ capacity, ephemeralStorageGiB, loadBalancer }: Pipeline): string | undefined {
  if (capacity.type !== "ec2") return undefined;
  if (loadBalancer !== undefined)
    return 'loadBalancer sends to addresses of tasks, and tasks of capacity.type "ec2" have none of their own; choose another type';
  if (ephemeralStorageGiB === FARGATE_GIB) return undefined;
  return 'ephemeralStorageGiB is the disk of a Fargate task, and tasks of capacity.type "ec2" share their instance\'s; leave it out';
}

function timeZoneProblem({ source }: Pipeline): string | undefined {
  if (source.type !== "schedule" || source.timeZone === undefined || source.expression.startsWith("cron("))
    return undefined;
  return `source.timeZone "${source.timeZone}" has no meaning for "${source.expression}", which counts and knows no hours; leave it out or write a cron`;
}

const OWN_FOLDERS = ["/tmp", "/app", "/proc", "/sys", "/dev"];

function mountProblem({ volume }: Pipeline): string | undefined {
  const taken = OWN_FOLDERS.find(
    (folder) => volume?.path === folder || volume?.path.startsWith(`${folder}/`),
  );
  if (volume === undefined || taken === undefined) return undefined;
  return `volume.path "${volume.path}" is in ${taken}, which the container needs itself; choose another, e.g. "/mnt/${volume.name}"`;
}

function frontProblem({ loadBalancer, worker }: Pipeline): string | undefined {
  if (loadBalancer === undefined || worker !== undefined) return undefined;
  return 'loadBalancer stands before a service, and only a pipeline with source { type: "queue" } has one; change the source or leave the load balancer out';
}

function requestsProblem({ loadBalancer, worker }: Pipeline): string | undefined {
  if (worker?.requestsPerTask === undefined || loadBalancer !== undefined) return undefined;
  return "worker.requestsPerTask counts the requests through a load balancer, and there is none; add loadBalancer or leave it out";
}

function signInProblem({ loadBalancer }: Pipeline): string | undefined {
  if (loadBalancer?.signIn === undefined || loadBalancer.certificateArn !== undefined) return undefined;
  return "loadBalancer.signIn needs HTTPS, and there is no loadBalancer.certificateArn; add it";
}

const REGISTRY_OF_ECR = /^\d{12}\.dkr\.ecr\./;

/** A private network has a way to the services that it has endpoints for, and to nothing else. */
function reachProblems(pipeline: Pipeline): string[] {
  if (pipeline.network !== "private") return [];
  const { image } = pipeline;
  const pull =
    image === undefined || REGISTRY_OF_ECR.test(image)
      ? []
      : [
          `image "${image}" cannot be pulled in network "private", which reaches no registry but ECR; copy it there or choose another network`,
        ];
  const services = servicesOutOfReach(pipeline).map(
    (service) =>
      `role allows ${service}, for which no endpoint is known in network "private"; choose another network or add it to core/pipelines/private-endpoints.ts`,
  );
  return [...pull, ...services];
}

function secretProblems({ secrets, environment }: Pipeline): string[] {
  return Object.keys(secrets)
    .filter((name) => Object.hasOwn(environment, name))
    .map((name) => `secrets.${name} and environment.${name} set the same variable; leave one of them out`);
}

function permissionProblems({ role }: Pipeline): string[] {
  return role.flatMap(({ actions, resources }, index) => {
    const everything = resources.includes("*");
    const scoped = actions.filter((action) => !UNSCOPED_ACTIONS.has(action));
    if (!everything || scoped.length === 0) return [];
    return [
      `role.${index} allows ${scoped.join(", ")} on everything; name the resources (or, where AWS knows none for the action, add it to core/pipelines/unscoped-actions.ts with the reason)`,
    ];
  });
}

/** What entries say against each other: one file system's folder is one folder. */
export function volumeProblems(pipelines: Pipelines): string[] {
  const writers = Object.values(pipelines).flatMap(({ name, volume, network }) =>
    volume === undefined ? [] : [{ name, volume, network }],
  );
  return writers.flatMap((later, index) => {
    const earlier = writers
      .slice(0, index)
      .find(({ network }) => (network === "existing") !== (later.network === "existing"));
    return earlier === undefined
      ? []
      : [
          `Pipeline "${later.name}": the stage has one file system, and pipeline "${earlier.name}" reaches it from network "${earlier.network}" and this one from "${later.network}"; give both a network in the same VPC.`,
        ];
  });
}
