import { type Rule, anyOf } from "./rule.ts";

/** The agent and the runtime pull in steps, and some report the step without the error's name. */
const PULL = anyOf(
  /cannot pull(?! (secrets?|registry))/,
  /pull access/,
  /pull command(?! failed: unable to pull secrets)/,
  /(can.t|unable to|failed to) pull (the |customer's )?(container )?image/,
  /can.t pull '/,
  /\bimage.{0,40} (could not|cannot|can't) be (pulled|fetched|downloaded)/,
  /manifest (for|unknown)/,
  /(ref pull|pull image manifest|inspect image) has been retried/,
  /(pulling image|resolve ref|register layer|extract layer|getimageblob)/,
);

/** A pull that failed, and after it one of these. */
export function pullThatSays(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(`(${PULL.source}).*(${anyOf(...patterns).source})`, "i");
}

/**
 * Pulls that failed for a reason that the image or the registry has.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
 */
export const imageRules: readonly Rule[] = [
  {
    text: pullThatSays(/no space left/, /not enough space/, /disk (is )?full/),
    class: "image",
    retry: "no",
    happened: "The image does not fit on the task's disk",
    advice: "Raise the pipeline's disk (ephemeral storage) or make the image smaller.",
  },
  {
    text: anyOf(
      /no basic auth/,
      pullThatSays(
        /denied/,
        /not authorized/,
        /unauthori[sz]ed/,
        /forbidden/,
        /\b40[13]\b/,
        /authentication required/,
        /has the permissions/,
      ),
    ),
    class: "image",
    retry: "no",
    happened: "The registry refused the pull",
    advice:
      "Allow the execution role to pull (ecr:GetAuthorizationToken, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer), or give it the registry's credentials.",
  },
  {
    text: pullThatSays(
      /(match(ing)?|for|host|this|with) platform\b(?![^ ]*[:@])/,
      /no matching manifest/,
      /architecture/,
      /exec format/,
      /incompatible with/,
    ),
    class: "image",
    retry: "no",
    happened: "The image is not built for the task's architecture",
    advice: "Build the image for the architecture that the pipeline names, or for both.",
  },
  {
    // containerd ends most of its errors with ": unknown", whatever they are.
    text: pullThatSays(
      /not found/,
      /(manifest|name|blob|tag) unknown/,
      /unknown (manifest|blob|tag)/,
      /(may|does) not exist/,
      /\b404\b/,
      /invalid reference/,
    ),
    class: "image",
    retry: "no",
    happened: "The image or its tag does not exist in the registry",
    advice: "Check the image's name, tag or digest, and push it if it is missing.",
  },
];

/** A pull that failed and does not say why. */
export const pullRules: readonly Rule[] = [
  {
    text: anyOf(PULL, /repository .*(not found|does not exist)/),
    class: "image",
    retry: "no",
    happened: "The image could not be pulled",
    advice:
      "Check the image's name and tag, that the execution role may pull it, and that the subnets reach the registry.",
  },
];
