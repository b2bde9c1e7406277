import type { Rule } from "./rule.ts";

const PULL = "(cannot ?pull|pull (access|image|command)|can.t pull the image|can.t pull '|ecr:|manifest)";

/**
 * Pulls that failed for a reason that the image or the registry has.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
 */
export const imageRules: readonly Rule[] = [
  {
    text: new RegExp(`${PULL}.*(no space left|not enough space|disk (is )?full)`, "is"),
    class: "image",
    retry: "no",
    happened: "The image does not fit on the task's disk",
    advice: "Raise the pipeline's disk (ephemeral storage) or make the image smaller.",
  },
  {
    text: new RegExp(
      `${PULL}.*(access ?denied|not authorized|unauthori[sz]ed|forbidden|\\b40[13]\\b|denied|no basic auth|authentication required|has the permissions)`,
      "is",
    ),
    class: "image",
    retry: "no",
    happened: "The registry refused the pull",
    advice:
      "Allow the execution role to pull (ecr:GetAuthorizationToken, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer), or give it the registry's credentials.",
  },
  {
    text: new RegExp(`${PULL}.*(platform|architecture|exec format)`, "is"),
    class: "image",
    retry: "no",
    happened: "The image is not built for the task's architecture",
    advice: "Build the image for the architecture that the pipeline names, or for both.",
  },
  {
    text: new RegExp(
      `${PULL}.*(not found|unknown|may not exist|does not exist|\\b404\\b|invalid reference)`,
      "is",
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
    text: new RegExp(
      `cannot ?pull|can.t pull (the )?image|repository .*(not found|does not exist)|pull access denied`,
      "is",
    ),
    class: "image",
    retry: "no",
    happened: "The image could not be pulled",
    advice:
      "Check the image's name and tag, that the execution role may pull it, and that the subnets reach the registry.",
  },
];
