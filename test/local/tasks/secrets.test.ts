import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { AwsError } from "#local/gateway/aws-error.ts";
import { taskIdentity } from "#test/local/tasks/support/identity.ts";
import {
  definition,
  executionRole,
  startTaskCloud,
  type TaskCloud,
} from "#test/local/tasks/support/task-cloud.ts";

const ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf";
const allowed = { is: true };

let cloud: TaskCloud;
beforeAll(async () => {
  cloud = await startTaskCloud({
    identity: { ...taskIdentity, roleAllowed: (role) => role !== executionRole || allowed.is },
    parameters: {
      arnOf: (name) => `arn:aws:ssm:us-east-1:000000000000:parameter${name}`,
      value(name) {
        if (name === "/app/key") return "the key";
        throw new AwsError("ParameterNotFound", `Parameter ${name} not found.`);
      },
    },
    secrets: {
      arnOf: (id) => (id === ARN ? ARN : undefined),
      secretString(id) {
        if (id === ARN) return '{"username":"admin","port":5432}';
        throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
      },
    },
  });
});
afterAll(() => cloud.stop());

const registered = (valueFrom: Readonly<Record<string, string>>) =>
  cloud.register({
    command: ["/app/main.mjs", "environment"],
    secrets: Object.entries(valueFrom).map(([name, from]) => ({ name, valueFrom: from })),
  });
const stoppedReason = async (valueFrom: Readonly<Record<string, string>>) => {
  const { taskArn = "" } = await cloud.run({ taskDefinition: await registered(valueFrom) });
  return (await cloud.stopped(taskArn)).stoppedReason;
};
const PREFIX =
  "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ";

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html
 */
describe("a container's secrets", () => {
  test("are in its environment: parameters, whole secrets and members of them", async () => {
    const taskDefinition = await registered({
      KEY: "/app/key",
      ALL: ARN,
      NAME: `${ARN}:username::`,
      PORT: `${ARN}:port::`,
    });

    const { taskArn = "" } = await cloud.run({ taskDefinition });

    const line = await cloud.line(taskArn, "main", /the key/);
    expect(JSON.parse(line)).toMatchObject({
      KEY: "the key",
      ALL: '{"username":"admin","port":5432}',
      NAME: "admin",
      PORT: "5432",
    });
    expect(JSON.stringify(cloud.details(taskArn))).not.toContain("the key");
  });

  test("that are not there keep the task from starting, with ECS's words", async () => {
    expect(await stoppedReason({ KEY: "/app/none" })).toBe(
      `${PREFIX}unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /app/none`,
    );
    expect(await stoppedReason({ ALL: `${ARN}-none` })).toContain(
      `${PREFIX}unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${ARN}-none from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
    );
    expect(await stoppedReason({ ALL: `${ARN}:colour::` })).toContain("did not contain json key colour");
  });

  test("are read by the execution role, which has to be allowed to", async () => {
    const taskDefinition = await registered({ ALL: ARN });
    allowed.is = false;
    const { taskArn = "" } = await cloud.run({ taskDefinition });

    const stopped = await cloud.stopped(taskArn);
    allowed.is = true;

    expect(stopped.stopCode).toBe("TaskFailedToStart");
    expect(stopped.stoppedReason).toContain(
      `AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role/execution/${taskArn.split("/").at(-1)} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${ARN} because no identity-based policy allows the secretsmanager:GetSecretValue action`,
    );
  });

  test("are read by the run's own execution role, where it names one", async () => {
    const taskDefinition = await registered({ ALL: ARN });
    allowed.is = false;
    const { taskArn = "" } = await cloud.run({
      taskDefinition,
      overrides: { executionRoleArn: "arn:aws:iam::000000000000:role/other-execution" },
    });

    const stopped = await cloud.stopped(taskArn);
    allowed.is = true;

    expect(stopped).toMatchObject({ stopCode: "EssentialContainerExited", containers: [{ exitCode: 0 }] });
  });

  test("need an execution role", async () => {
    const { executionRoleArn: _role, ...rest } = definition({
      secrets: [{ name: "A", valueFrom: "/a" }],
      logConfiguration: undefined as never,
    });

    await expect(cloud.ecs.send(new RegisterTaskDefinitionCommand(rest))).rejects.toMatchObject({
      name: "ClientException",
      message:
        "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    });
  });
});
