import type { JobFailed } from "#events/slipway/job-ended.ts";

export interface Mail {
  readonly subject: string;
  readonly body: string;
}

/** SNS takes subjects of fewer than 100 characters, ASCII, no line breaks. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MAX_SUBJECT_LENGTH = 99;

/**
 * The mail about a job that failed for good: what happened, to which object, why, what to do, the last log lines, links, and the
 * command that retries it.
 */
export function composeFailureMail(failed: {
  job: JobFailed["detail"];
  stage: string;
  region: string;
  /** Newest last. */
  logLines: readonly string[];
  logGroup: string;
}): Mail {
  const { job, stage, region, logLines, logGroup } = failed;
  const what = job.source.key ?? job.source.type;
  const lines = [
    `Pipeline ${job.pipeline} on stage ${stage} could not finish a job.`,
    "",
    `What:     ${printable(what)}`,
    ...(job.source.bucket === undefined ? [] : [`Bucket:   ${job.source.bucket}`]),
    `Why:      ${printable(job.failure.reason)}`,
    `Kind:     ${job.failure.class}`,
    `To do:    ${job.failure.advice}`,
    `Attempts: ${job.attempts}`,
    `When:     ${job.endedAt ?? job.createdAt}`,
    "",
    `Try it again:  npx slipway retry ${job.jobId} --stage ${stage}`,
    `Its story:     npx slipway job ${job.jobId} --stage ${stage}`,
    ...(job.taskArn === undefined
      ? []
      : ["", `Task: ${taskLink(job.taskArn, region)}`, `Log:  ${logLink(logGroup, job.taskArn, region)}`]),
    ...(logLines.length === 0
      ? []
      : ["", "The last lines of its log:", ...logLines.map((line) => `  ${printable(line)}`)]),
    "",
    "Further failures of the same kind are counted and not mailed one by one.",
  ];
  return {
    subject: subject(`Slipway ${stage}: ${job.pipeline} failed (${job.failure.class}): ${what}`),
    body: lines.join("\n"),
  };
}

/** Only printable ASCII, cut with an ellipsis. */
export function subject(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]+/g, "?");
  return ascii.length <= MAX_SUBJECT_LENGTH ? ascii : `${ascii.slice(0, MAX_SUBJECT_LENGTH - 3)}...`;
}

/** File names and log lines are hostile: no control character may forge a line of the mail, or turn its direction. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "\u{fffd}");
}

function taskLink(taskArn: string, region: string): string {
  const [, cluster = "", taskId = ""] = taskArn.slice(taskArn.lastIndexOf(":") + 1).split("/");
  return `https://${region}.console.aws.amazon.com/ecs/v2/clusters/${cluster}/tasks/${taskId}?region=${region}`;
}

function logLink(logGroup: string, taskArn: string, region: string): string {
  const stream = `task/main/${taskArn.slice(taskArn.lastIndexOf("/") + 1)}`;
  // The console wants its own double encoding: % of the percent-encoding becomes $25.
  const encode = (text: string) => encodeURIComponent(text).replaceAll("%", "$25");
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${encode(logGroup)}/log-events/${encode(stream)}`;
}
