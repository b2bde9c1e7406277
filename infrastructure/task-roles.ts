import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { logicalName } from "./pipeline-names.ts";
import { secretStatements } from "./secrets.ts";
import { taskStatements } from "./task-permissions.ts";
import {
  allow,
  arnOf,
  localArn,
  ref,
  roleFor,
  sub,
  type Intrinsic,
  type Resources,
  type Statement,
} from "./template.ts";

/** The two roles of a pipeline's tasks: with one ECS starts them, with the other they work. */
export function taskRoles(pipeline: Pipeline, stage: string): Resources {
  const id = logicalName(pipeline.name);
  return {
    [`${id}ExecutionRole`]: roleFor(
      "ecs-tasks.amazonaws.com",
      "start-tasks",
      executionStatements(pipeline, stage),
      FOR_THIS_ACCOUNT,
    ),
    [`${id}TaskRole`]: roleFor(
      "ecs-tasks.amazonaws.com",
      "do-jobs",
      taskStatements(pipeline, stage),
      FOR_THIS_ACCOUNT,
    ),
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html: the confused deputy */
const FOR_THIS_ACCOUNT = {
  StringEquals: { "aws:SourceAccount": ref("AWS::AccountId") },
  ArnLike: { "aws:SourceArn": localArn("ecs", "*") },
};

/** What ECS does before and beside a task: pull its image, read its secrets, write its log. */
function executionStatements(pipeline: Pipeline, stage: string): Statement[] {
  return [
    ...imageStatements(pipeline, stage),
    allow(["logs:CreateLogStream", "logs:PutLogEvents"], arnOf(`${logicalName(pipeline.name)}TaskLogs`)),
    ...secretStatements(pipeline, stage),
  ];
}

const REGISTRY =
  /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(?<repository>[^:@]+)/;

/** Pulls from our own registry, or from the one that a ready image names, in whatever account; what is public needs no rights. */
export function imageStatements({ task, image }: Pipeline, stage: string): Statement[] {
  const repository = task === undefined ? namedRepository(image) : ownRepository(task, stage);
  if (repository === undefined) return [];
  return [
    allow("ecr:GetAuthorizationToken", "*"),
    allow(["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], repository),
  ];
}

function ownRepository(task: string, stage: string): Intrinsic {
  return localArn("ecr", `repository/slipway-${stage}/${task}`);
}

function namedRepository(image = ""): Intrinsic | undefined {
  const { account, region, repository } = REGISTRY.exec(image)?.groups ?? {};
  if (repository === undefined) return undefined;
  return sub(`arn:\${AWS::Partition}:ecr:${region}:${account}:repository/${repository}`);
}
