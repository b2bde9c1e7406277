import { beforeAll, describe, expect, it } from "@jest/globals";
import { FUNCTION_VARIABLES } from "#runtime/config.ts";
import { type Plant, withViolation } from "./support/planted-violation.ts";
import { readTaskConfig, readWorkerConfig } from "#runtime/task-config.ts";
import { packageService, refusalOf, type Template } from "./support/package-service.ts";
import * as rules from "./support/template-rules.ts";
import { ofType, type TemplateRule } from "./support/template-rules.ts";

/** Each rule, and a violation that it must see. */
const CASES: [sentence: string, rule: TemplateRule, plant: Plant][] = [
  [
    "no role allows an action by wildcard",
    rules.noWildcardActions,
    { path: "IntakeRole.Properties.Policies.0.PolicyDocument.Statement.0.Action", value: "dynamodb:*" },
  ],
  [
    "every function has a role of its own",
    rules.everyFunctionHasItsRole,
    { path: "TrackLambdaFunction.Properties.Role", value: { "Fn::Sub": "${SweepRole.Arn}" } },
  ],
  [
    "every queue has a dead-letter queue",
    rules.queuesHaveDeadLetterQueues,
    { path: "DispatchQueue.Properties.RedrivePolicy" },
  ],
  [
    "buckets are private",
    rules.bucketsArePrivate,
    { path: "UploadsBucket.Properties.PublicAccessBlockConfiguration.BlockPublicPolicy", value: false },
  ],
  [
    "every target of a rule has a retry policy and a dead-letter queue",
    rules.targetsHaveDeadLetterQueues,
    { path: "UploadRule.Properties.Targets.0.DeadLetterConfig" },
  ],
  [
    "every rule may send to its queue and to its dead-letter queue",
    rules.rulesMaySendToTheirQueues,
    { path: "TaskEventsQueuePolicy.Properties.PolicyDocument.Statement.1.Condition.ArnEquals" },
  ],
  [
    "a function that a rule calls has a destination for what it fails on",
    rules.calledFunctionsHaveDestinations,
    { path: "NotifyLambdaEvConf" },
  ],
  [
    "a queue hides a message for longer than its function may run",
    rules.queuesOutlastTheirFunctions,
    { path: "IntakeQueue.Properties.VisibilityTimeout", value: 30 },
  ],
];

/** What a worker reads of the same environment. */
function workQueueOf(environment: Readonly<Record<string, string>>): string[] {
  return "SLIPWAY_WORK_QUEUE_URL" in environment ? [readWorkerConfig(environment).workQueueUrl] : [];
}

describe("the template", () => {
  let template: Template;
  beforeAll(async () => {
    ({ template } = await packageService([
      "--stage",
      "dev",
      "--param",
      "adminEmail=one@example.com, two@example.com",
    ]));
  }, 240_000);

  it.each(CASES)("%s", (_sentence, rule) => {
    expect(rule(template)).toEqual([]);
  });

  it.each(CASES)("that %s is a rule that can fail", (_sentence, rule, plant) => {
    const broken = withViolation(template, plant);

    expect(rule(broken)).not.toEqual([]);
  });

  it.each(Object.entries(FUNCTION_VARIABLES))(
    "%s is given just the variables that it reads",
    (name, variables) => {
      const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}LambdaFunction`;
      const environment = template.Resources[id]?.Properties.Environment as {
        Variables: Record<string, unknown>;
      };
      const given = Object.keys(environment.Variables).filter(
        (variable) => !variable.startsWith("POWERTOOLS_"),
      );

      const readByUs = variables.filter((variable) => !variable.startsWith("AWS_"));

      expect(given.toSorted()).toEqual([...readByUs].toSorted());
    },
  );

  it("gives every task an environment that the task runner accepts", () => {
    const environments = ofType(template, "AWS::ECS::TaskDefinition").map(([, { Properties }]) => {
      const [main] = Properties.ContainerDefinitions as { Environment: { Name: string; Value: unknown }[] }[];
      const entries = main?.Environment.map(({ Name, Value }) => [
        Name,
        typeof Value === "string" ? Value : "https://example.com/deployed",
      ]);
      return { ...(Object.fromEntries(entries ?? []) as Record<string, string>), SLIPWAY_RUN_ID: "run" };
    });

    expect(environments.map((environment) => readTaskConfig(environment).pipeline)).toEqual([
      "images",
      "renditions",
      "inventory",
    ]);
    expect(environments.flatMap(workQueueOf)).toEqual(["https://example.com/deployed"]);
  });

  it("subscribes every address of adminEmail", () => {
    const addresses = ofType(template, "AWS::SNS::Subscription").map(
      ([, { Properties }]) => Properties.Endpoint,
    );

    expect(addresses).toEqual(["one@example.com", "two@example.com"]);
  });

  it("has the outputs that people and programs look for", () => {
    expect(Object.keys(template.Outputs)).toEqual(
      expect.arrayContaining(["UploadsBucket", "ResultsBucket", "JobsTable", "AdminTopic", "Cluster"]),
    );
  });
});

describe("a deploy", () => {
  it("is refused in one sentence where nobody would be told of failures", async () => {
    const said = await refusalOf(["deploy", "--stage", "dev"]);

    expect(said).toContain(
      'Nobody would hear of failures on stage "dev"; deploy with --param "adminEmail=you@example.com", several addresses separated by commas.',
    );
  });
});
