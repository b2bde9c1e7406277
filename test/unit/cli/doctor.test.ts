import { createServer, type Server } from "node:http";
import type { StackResourceSummary } from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Check, outcomeOf } from "../../../cli/doctor/check.ts";
import type { Ground } from "../../../cli/doctor/ground.ts";
import { properties, refusedCalls } from "../../../cli/doctor/local-checks.ts";
import { images, roles } from "../../../cli/doctor/part-checks.ts";
import { addresses, concurrency, quotas } from "../../../cli/doctor/room-checks.ts";
import { drift, stackStatus } from "../../../cli/doctor/stack-checks.ts";

/** What AWS answers, by the operation's name: a body, or a status with one. */
type Answers = Record<string, string | { status: number; body: string }>;

let server: Server;
let answers: Answers;
let ground: Ground;

const resource = (LogicalResourceId: string, PhysicalResourceId: string, ResourceType: string) =>
  ({ LogicalResourceId, PhysicalResourceId, ResourceType }) as StackResourceSummary;

beforeEach(async () => {
  answers = { GetFunctionConfiguration: dispatch({ maxVcpu: 6, maxTasks: 100 }) };
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const target = String(request.headers["x-amz-target"] ?? "").replace(/^.*\./, "");
      const action = /(?:^|&)Action=(\w+)/.exec(body)?.[1];
      const name = target || action || lambdaOperation(request.url ?? "");
      const answer = answers[name] ?? { status: 400, body: `no answer for ${name}` };
      const { status, body: text } = typeof answer === "string" ? { status: 200, body: answer } : answer;
      response.writeHead(status, { "content-type": target ? "application/x-amz-json-1.1" : "text/xml" });
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}`;
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  ground = {
    stage: { name: "prod", region: "eu-west-1" },
    isLocal: false,
    options: { region: "eu-west-1", endpoint, credentials },
    operator: {} as Ground["operator"],
    stackName: "slipway-prod",
    resources: [
      resource("DispatchLambdaFunction", "slipway-prod-dispatch", "AWS::Lambda::Function"),
      resource("ImagesTask", "slipway-prod-images:3", "AWS::ECS::TaskDefinition"),
      resource("IntakeRole", "slipway-prod-IntakeRole", "AWS::IAM::Role"),
    ],
  };
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Lambda's operations have no name in the request. */
function lambdaOperation(url: string): string {
  if (url.includes("/account-settings")) return "GetAccountSettings";
  const mapping = /\/event-source-mappings\/(\w+)/.exec(url)?.[1];
  return mapping === undefined ? "GetFunctionConfiguration" : `GetEventSourceMapping ${mapping}`;
}

function dispatch({ maxVcpu, maxTasks }: { maxVcpu: number; maxTasks: number }): string {
  const Variables = {
    SLIPWAY_MAX_VCPU: String(maxVcpu),
    SLIPWAY_MAX_TASKS: String(maxTasks),
    SLIPWAY_NETWORKS: JSON.stringify({ existing: { subnets: ["subnet-a"] } }),
  };
  return JSON.stringify({ Environment: { Variables } });
}

const stack = (status: string): string =>
  `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>s</StackName><CreationTime>2026-11-22T23:00:00Z</CreationTime><StackStatus>${status}</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
const findings = async (check: Check) => (await outcomeOf(check, ground)).findings;

describe("doctor, of a stage in AWS", () => {
  test.each([
    ["UPDATE_COMPLETE", []],
    ["UPDATE_ROLLBACK_COMPLETE", ["warning"]],
    ["UPDATE_IN_PROGRESS", ["warning"]],
    ["ROLLBACK_COMPLETE", ["error"]],
    ["UPDATE_ROLLBACK_FAILED", ["error"]],
  ])("takes a stack that is %s for %j", async (status, severities) => {
    answers["DescribeStacks"] = stack(status);

    expect((await findings(stackStatus)).map(({ severity }) => severity)).toEqual(severities);
  });

  test.each([
    [100, []],
    [4, ["warning", "warning"]],
    [0.25, ["error", "error"]],
  ])(
    "compares a quota of %d vCPUs with what the stage and its largest task want",
    async (Value, severities) => {
      answers["GetServiceQuota"] = JSON.stringify({ Quota: { Value } });

      const found = await findings(quotas);

      expect(found.map(({ severity }) => severity)).toEqual(severities);
      for (const { toDo } of found)
        expect(toDo).toContain("aws service-quotas request-service-quota-increase");
    },
  );

  test.each([
    [251, []],
    [99, ["warning"]],
    [0, ["error"]],
  ])("compares %d free addresses with the tasks that the stage starts", async (free, severities) => {
    answers["DescribeSubnets"] =
      `<DescribeSubnetsResponse><subnetSet><item><subnetId>subnet-a</subnetId><availableIpAddressCount>${free}</availableIpAddressCount></item></subnetSet></DescribeSubnetsResponse>`;

    const found = await findings(addresses);

    expect(found.map(({ severity }) => severity)).toEqual(severities);
    for (const { what } of found) expect(what).toContain(`network "existing" have ${free} free addresses`);
  });

  test.each([
    ["a new account", 10, 10, 4, []],
    ["a new account, where a batch more of each queue is handled at once,", 10, 10, 5, ["warning"]],
    ["an account whose functions have reserved what it may run", 1000, 9, 4, ["warning"]],
  ])(
    "compares what %s may run at once, %d or unreserved %d, with %d batches of each queue and a few more",
    async (_what, ConcurrentExecutions, UnreservedConcurrentExecutions, batchesAtOnce, severities) => {
      const AccountLimit = { ConcurrentExecutions, UnreservedConcurrentExecutions };
      answers["GetAccountSettings"] = JSON.stringify({ AccountLimit });
      const ScalingConfig = { MaximumConcurrency: batchesAtOnce };
      answers["GetEventSourceMapping intake"] = JSON.stringify({ ScalingConfig });
      answers["GetEventSourceMapping track"] = JSON.stringify({ ScalingConfig });
      answers["GetEventSourceMapping dispatch"] = "{}";
      const mappings = ["intake", "track", "dispatch"].map((uuid) =>
        resource(`${uuid}Mapping`, uuid, "AWS::Lambda::EventSourceMapping"),
      );
      ground = { ...ground, resources: mappings };

      const outcome = await outcomeOf(concurrency, ground);

      expect(outcome.state).toBe("checked");
      expect(outcome.findings.map(({ severity }) => severity)).toEqual(severities);
      for (const { what, toDo } of outcome.findings) {
        expect(what).toContain(`run ${UnreservedConcurrentExecutions} executions at once`);
        expect(what).toContain(`take up to ${2 * batchesAtOnce + 2}.`);
        expect(toDo).toMatch(/--quota-code L-B99A9384 --desired-value \d{4}; or lower batchesAtOnce/);
      }
    },
  );

  test("names an image that ECR does not have", async () => {
    const image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/slipway-prod/media:abc";
    const containerDefinitions = [{ name: "main", image }];
    answers["DescribeTaskDefinition"] = JSON.stringify({ taskDefinition: { containerDefinitions } });
    answers["DescribeImages"] = { status: 400, body: '{"__type":"ImageNotFoundException","message":"no"}' };

    expect(await findings(images)).toEqual([
      {
        severity: "error",
        what: `ImagesTask: the image ${image} is not in ECR.`,
        toDo: "Build and push it: npx serverless deploy --stage prod",
      },
    ]);
    answers["DescribeImages"] = '{"imageDetails":[{"imageTags":["abc"]}]}';
    expect(await findings(images)).toEqual([]);
  });

  test("names a role that is gone", async () => {
    answers["GetRole"] = {
      status: 404,
      body: "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>no</Message></Error></ErrorResponse>",
    };

    expect(await findings(roles)).toMatchObject([
      { severity: "error", what: "IntakeRole: the role slipway-prod-IntakeRole is gone." },
    ]);
  });

  test("names what was changed beside the template", async () => {
    answers["DetectStackDrift"] =
      "<DetectStackDriftResponse><DetectStackDriftResult><StackDriftDetectionId>d</StackDriftDetectionId></DetectStackDriftResult></DetectStackDriftResponse>";
    answers["DescribeStackDriftDetectionStatus"] =
      "<R><DescribeStackDriftDetectionStatusResult><StackId>s</StackId><StackDriftDetectionId>d</StackDriftDetectionId><DetectionStatus>DETECTION_COMPLETE</DetectionStatus><Timestamp>2026-11-22T23:00:00Z</Timestamp></DescribeStackDriftDetectionStatusResult></R>";
    answers["DescribeStackResourceDrifts"] =
      "<R><DescribeStackResourceDriftsResult><StackResourceDrifts><member><LogicalResourceId>JobsTable</LogicalResourceId><StackResourceDriftStatus>MODIFIED</StackResourceDriftStatus><PropertyDifferences><member><PropertyPath>/BillingMode</PropertyPath></member></PropertyDifferences></member></StackResourceDrifts></DescribeStackResourceDriftsResult></R>";

    expect(await findings(drift)).toMatchObject([
      { severity: "warning", what: "JobsTable was changed (/BillingMode) beside the template" },
    ]);
  });

  test("says so where the keys may not ask, and where only a local cloud has the answer", async () => {
    answers["GetServiceQuota"] = { status: 400, body: '{"__type":"AccessDeniedException","message":"no"}' };

    expect(await outcomeOf(quotas, ground)).toEqual({
      check: "quotas",
      state: "not checked",
      why: expect.stringMatching(/^your keys may not ask/),
      findings: [],
    });
    for (const check of [refusedCalls, properties]) {
      expect(await outcomeOf(check, ground)).toMatchObject({ state: "not checked" });
    }
  });
});
