import { configurationNameRules, configurationRules, configurationStepRules } from "./configuration-rules.ts";
import { dependencyRules, exitCodeRules, successRules } from "./exit-code-rules.ts";
import { imageRules, pullRules } from "./image-rules.ts";
import { interfaceRules, networkRules } from "./network-rules.ts";
import { noPlaceRules, placementRules } from "./placement-rules.ts";
import { agentRules, dockerRules, platformRules } from "./platform-rules.ts";
import { type Rule, anyOf } from "./rule.ts";
import { stopCodeRules, stopTextRules } from "./stop-code-rules.ts";

/** ECS says so whatever the exit code is. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
const memoryRules: readonly Rule[] = [
  {
    text: anyOf(
      /out of memory/,
      /\boom\b/,
      /oom kill/,
      /(killed due to|exceeded( its)?) (high )?memory/,
      /memory limit exceeded/,
    ),
    class: "out-of-memory",
    retry: "bigger",
    happened: "The task used more memory than it has and was killed",
    advice: "Give the pipeline a larger size or a higher ceiling in pipelines.ts.",
  },
];

/** Of a launch that AWS refused, too: nothing ran yet that could have been stopped, or have used up its memory. */
export const launchRules: readonly Rule[] = [
  ...placementRules,
  ...agentRules,
  ...networkRules,
  ...imageRules,
  ...pullRules,
  ...configurationRules,
  ...platformRules,
  ...configurationNameRules,
  ...interfaceRules,
  ...dockerRules,
  ...configurationStepRules,
  ...exitCodeRules,
  ...noPlaceRules,
];

/**
 * The table; the first rule that applies decides, so its order is the precedence: memory, then the stop code, then a cause
 * that the text names, then the error's name, then the exit code.
 */
export const rules: readonly Rule[] = [
  ...memoryRules,
  ...stopCodeRules,
  ...stopTextRules,
  ...successRules,
  ...dependencyRules,
  ...launchRules,
];
