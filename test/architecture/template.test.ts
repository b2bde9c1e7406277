import { beforeAll, describe, expect, it } from "@jest/globals";
import { FUNCTION_VARIABLES } from "#runtime/config.ts";
import { readTaskConfig } from "#runtime/task-config.ts";
import { packageService, type Template } from "./support/package-service.ts";
import * as rules from "./support/template-rules.ts";
import { ofType, type TemplateRule } from "./support/template-rules.ts";

type Plant = (resources: Record<string, { Properties: any }>) => void; // eslint-disable-line typescript/no-explicit-any

/** Each rule, and a violation that it must see. */
const CASES: [sentence: string, rule: TemplateRule, plant: Plant][] = [
  [
    "no role allows an action by wildcard",
    rules.noWildcardActions,
    ({ IntakeRole }) => (statements(IntakeRole)[0].Action = "dynamodb:*"),
  ],
  [
    "no role allows anything on everything",
    rules.noWildcardResources,
    ({ SweepRole }) => (statements(SweepRole)[1].Resource = "*"),
  ],
  [
    "roles are handed to ECS tasks only",
    rules.passRoleIsBound,
    ({ DispatchRole }) => delete statements(DispatchRole).at(-1).Condition,
  ],
  [
    "every function has a role of its own",
    rules.everyFunctionHasItsRole,
    ({ TrackLambdaFunction, SweepLambdaFunction }) =>
      (TrackLambdaFunction!.Properties.Role = SweepLambdaFunction!.Properties.Role),
  ],
  [
    "every queue is encrypted",
    rules.queuesAreEncrypted,
    ({ WakeQueue }) => delete WakeQueue!.Properties.SqsManagedSseEnabled,
  ],
  [
    "every queue has a dead-letter queue",
    rules.queuesHaveDeadLetterQueues,
    ({ DispatchQueue }) => delete DispatchQueue!.Properties.RedrivePolicy,
  ],
  [
    "queues and buckets are reached over TLS only",
    rules.queuesAndBucketsAreReachedOverTls,
    ({ ResultsBucketPolicy }) => (ResultsBucketPolicy!.Properties.PolicyDocument.Statement = []),
  ],
  [
    "buckets are private and encrypted",
    rules.bucketsArePrivateAndEncrypted,
    ({ UploadsBucket }) =>
      (UploadsBucket!.Properties.PublicAccessBlockConfiguration.BlockPublicPolicy = false),
  ],
  [
    "every target of a rule has a retry policy and a dead-letter queue",
    rules.targetsHaveDeadLetterQueues,
    ({ UploadRule }) => delete UploadRule!.Properties.Targets[0].DeadLetterConfig,
  ],
  [
    "every rule may send to its queue and to its dead-letter queue",
    rules.rulesMaySendToTheirQueues,
    ({ TaskEventsQueuePolicy }) => TaskEventsQueuePolicy!.Properties.PolicyDocument.Statement.pop(),
  ],
  [
    "a function that a rule calls has a destination for what it fails on",
    rules.calledFunctionsHaveDestinations,
    (resources) => delete resources.NotifyLambdaEvConf,
  ],
  [
    "a queue hides a message for longer than its function may run",
    rules.queuesOutlastTheirFunctions,
    ({ IntakeQueue }) => (IntakeQueue!.Properties.VisibilityTimeout = 30),
  ],
];

function statements(role: { Properties: any } | undefined): any {
  // eslint-disable-line typescript/no-explicit-any
  return role!.Properties.Policies[0].PolicyDocument.Statement;
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
  });

  it.each(CASES)("%s", (_sentence, rule) => {
    expect(rule(template)).toEqual([]);
  });

  it.each(CASES)("that %s is a rule that can fail", (_sentence, rule, plant) => {
    const broken = structuredClone(template);
    plant(broken.Resources);

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
      "inventory",
    ]);
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
