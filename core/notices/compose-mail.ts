import { type Failure, loggedTaskOf } from "./failure.ts";
import { excerpt, type Mail, named, printable, subject } from "./mail-text.ts";

/** Where the mail comes from, for its links and commands. */
export interface MailSite {
  readonly stage: string;
  readonly region: string;
  /** e.g. /slipway/dev/ */
  readonly logGroupPrefix: string;
}

const MAX_LINE_LENGTH = 2000;

/**
 * The mail about a failure that is news: what happened, to which object, why, what to do, the last log lines, links, and the
 * command that retries it.
 */
export function composeFailureMail(told: {
  failure: Failure;
  site: MailSite;
  /** Newest last. */
  logLines: readonly string[];
}): Mail {
  const { failure, site, logLines } = told;
  const lines = [
    ...whatLines(failure, site),
    ...linkLines(failure, site),
    ...(logLines.length === 0
      ? []
      : ["", "The last lines of its log:", ...logLines.map((line) => `  ${excerpt(line, MAX_LINE_LENGTH)}`)]),
    "",
    "Further failures of the same kind are not mailed one by one: they are counted and told once an hour, later less often.",
    "Another mail comes when they are over.",
  ];
  return { subject: subject(`Slipway ${site.stage}: ${headline(failure)}`), body: lines.join("\n") };
}

function headline({ pipeline, class: failureClass, of }: Failure): string {
  switch (of.type) {
    case "job":
      return `${pipeline} failed (${failureClass}): ${of.what}`;
    case "run":
      return `a run of ${pipeline} ended in a way that no rule knows`;
    case "task":
      return `a task of ${pipeline} stopped (${failureClass})`;
    case "waiting":
      return `${pipeline} waits and nothing begins (${failureClass})`;
    case "service":
      return `service ${of.service} is in trouble (${failureClass})`;
  }
}

function whatLines(failure: Failure, site: MailSite): string[] {
  const { of } = failure;
  switch (of.type) {
    case "job":
      return jobLines(failure, of, site);
    case "run":
      return runLines(failure, of);
    case "task":
      return otherLines(
        failure,
        `${named(failure.pipeline)} on stage ${site.stage} had a task that failed. It belongs to no run.`,
      );
    case "waiting":
      return [
        ...otherLines(
          failure,
          `${named(failure.pipeline)} on stage ${site.stage} has work, and nothing begins. None of it is lost.`,
        ),
        `State:    npx slipway pipelines --stage ${site.stage}`,
      ];
    case "service":
      return otherLines(
        failure,
        `ECS says that service ${printable(of.service)} on stage ${site.stage} is in trouble.`,
      );
  }
}

function otherLines(failure: Failure, what: string): string[] {
  return [what, "", ...whyLines(failure), `When:     ${failure.at}`];
}

function jobLines(failure: Failure, of: Failure["of"] & { type: "job" }, { stage }: MailSite): string[] {
  return [
    `Pipeline ${failure.pipeline} on stage ${stage} could not finish a job.`,
    "",
    `What:     ${printable(of.what)}`,
    ...(of.bucket === undefined ? [] : [`Bucket:   ${of.bucket}`]),
    ...whyLines(failure),
    `Attempts: ${of.attempts}`,
    `When:     ${failure.at}`,
    "",
    `Try it again:  npx slipway retry ${failure.failureId} --stage ${stage}`,
    `Its story:     npx slipway job ${failure.failureId} --stage ${stage}`,
  ];
}

function runLines(failure: Failure, of: Failure["of"] & { type: "run" }): string[] {
  return [
    `A run of pipeline ${failure.pipeline} ended in a way that no rule of Slipway explains. Its jobs are tried once more.`,
    "",
    `Run:      ${failure.failureId} (jobs: ${of.jobs})`,
    ...whyLines(failure),
    `When:     ${failure.at}`,
    "",
    "The words above are as ECS gave them. A rule in core/classification/rules/ would tell what they mean.",
  ];
}

function whyLines(failure: Failure): string[] {
  return [
    `Why:      ${printable(failure.reason)}`,
    `Kind:     ${failure.class}`,
    `To do:    ${printable(failure.advice)}`,
  ];
}

function linkLines(failure: Failure, { region, logGroupPrefix }: MailSite): string[] {
  const { taskArn, pipeline } = failure;
  const logged = loggedTaskOf(failure);
  return [
    ...(taskArn === undefined ? [] : ["", `Task: ${taskLink(taskArn, region)}`]),
    ...(logged === undefined ? [] : [`Log:  ${logLink(`${logGroupPrefix}${pipeline}`, logged, region)}`]),
  ];
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
