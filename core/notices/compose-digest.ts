import type { FailureClass } from "../classification/failure.ts";
import { hasJobs } from "./failure.ts";
import { counted, excerpt, type Mail, named, printable, subject, timeInWords } from "./mail-text.ts";

/** One failure of a digest. */
export interface Example {
  readonly failureId: string;
  /** The object's key, or what made the job; a run has none. */
  readonly what?: string;
  readonly reason?: string;
  readonly at: string;
}

/** What a group of equal failures has come to. */
export interface GroupStory {
  readonly stage: string;
  readonly pipeline: string;
  readonly class: FailureClass;
  readonly openedAt: string;
  /** Failures that no mail has told of yet. */
  readonly news: number;
  readonly total: number;
  /** There are more than could be counted. */
  readonly isMore: boolean;
  readonly lastFailureAt: string;
  /** Newest first. */
  readonly examples: readonly Example[];
}

const EXAMPLE_LENGTH = 400;

/** The failures of a group since the last mail; also its first mail, where whoever should have sent it died. */
export function composeDigest(story: GroupStory): Mail {
  const { stage, pipeline, class: failureClass } = story;
  const news = amount(story.news, story.isMore);
  const lines = [
    `${named(pipeline)} on stage ${stage} goes on failing in the same way: ${news} since the last mail.`,
    "",
    ...tally(story),
    ...exampleLines(story),
    "",
    "The next mail about them comes when they are over, or with the next count.",
  ];
  return {
    subject: subject(`Slipway ${stage}: ${pipeline}: ${news} more (${failureClass})`),
    body: lines.join("\n"),
  };
}

/** No failure of the group for a while, and the pipeline has succeeded since. */
export function composeRecovery(story: GroupStory): Mail {
  const { stage, pipeline, class: failureClass } = story;
  const lines = [
    `${named(pipeline)} on stage ${stage} works again: no failure of this kind since ${timeInWords(story.lastFailureAt)}${hasJobs(pipeline) ? ", and jobs have succeeded since" : ""}.`,
    "",
    ...tally(story),
    ...(story.news === 0
      ? []
      : [`Not told before: ${amount(story.news, story.isMore)}.`, ...exampleLines(story)]),
    "",
    ...(hasJobs(pipeline) ? ["Jobs that failed stay failed until somebody retries them."] : []),
  ];
  return {
    subject: subject(`Slipway ${stage}: ${pipeline} recovered (${failureClass})`),
    body: lines.join("\n"),
  };
}

function tally(story: GroupStory): string[] {
  return [
    `Kind:  ${story.class}`,
    `Count: ${amount(story.total, story.isMore)} since ${timeInWords(story.openedAt)}, the last at ${timeInWords(story.lastFailureAt)}`,
  ];
}

function amount(count: number, isMore: boolean): string {
  return isMore ? `more than ${counted(count, "failure")}` : counted(count, "failure");
}

function exampleLines({ examples, stage }: GroupStory): string[] {
  return examples.flatMap(({ failureId, what, reason, at }) => [
    "",
    `${what === undefined ? "No job of its own" : excerpt(what, EXAMPLE_LENGTH)} (${timeInWords(at)})`,
    ...(reason === undefined ? [] : [`  Why:   ${excerpt(reason, EXAMPLE_LENGTH)}`]),
    ...(what === undefined
      ? [`  Id:    ${printable(failureId)}`]
      : [
          `  Story: npx slipway job ${failureId} --stage ${stage}`,
          `  Retry: npx slipway retry ${failureId} --stage ${stage}`,
        ]),
  ]);
}
