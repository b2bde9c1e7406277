import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { forStage } from "./pipeline-names.ts";
import { volumeStatements } from "./shared-files.ts";
import { allow, arnOf, sub, type Statement } from "./template.ts";
import { workerStatements } from "./work-queue.ts";

/** What the task of a pipeline may do, and no other pipeline's task: it reads its own uploads only. */
export function taskStatements(pipeline: Pipeline, stage: string): Statement[] {
  return [
    allow(
      ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      arnOf("JobsTable"),
    ),
    allow("s3:PutObject", sub("${ResultsBucket.Arn}/jobs/*")),
    allow("sqs:SendMessage", arnOf("TaskEventsQueue")),
    ...sourceStatements(pipeline),
    ...(pipeline.task === "inventory" ? inventoryStatements() : []),
    ...workerStatements(pipeline),
    ...volumeStatements(pipeline),
    ...pipeline.role.map(({ actions, resources }) =>
      allow(
        actions,
        resources.map((resource) => (resource === "*" ? resource : sub(forStage(resource, stage)))),
      ),
    ),
  ];
}

function sourceStatements({ source }: Pipeline): Statement[] {
  const folder =
    source.type === "upload" ? source.prefix : source.type === "queue" ? source.reads : undefined;
  if (folder === undefined) return [];
  return [allow(["s3:GetObject", "s3:GetObjectVersion"], sub(`\${UploadsBucket.Arn}/${folder}*`))];
}

/** The inventory compares the listing with the jobs, asks intake for the missing ones, reads the hour's jobs and reports on them. */
function inventoryStatements(): Statement[] {
  return [
    allow(["s3:ListBucket", "s3:ListBucketVersions"], arnOf("UploadsBucket")),
    allow("dynamodb:Query", sub("${JobsTable.Arn}/index/recent")),
    allow("sqs:SendMessage", arnOf("IntakeQueue")),
    allow("s3:PutObject", sub("${ResultsBucket.Arn}/reports/*")),
  ];
}
