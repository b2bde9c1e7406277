import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CreateRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { createIdentityService } from "#local/identity/service.ts";
import { type ServiceUnderTest, startOneService } from "../support/one-service.ts";

let cloud: ServiceUnderTest<ReturnType<typeof createIdentityService>>;
let iam: IAMClient;
const TRUST = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
const MAY = { Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" };

beforeAll(async () => {
  cloud = await startOneService(createIdentityService);
  iam = new IAMClient(cloud.client);
  await create("role", TRUST);
});
afterAll(async () => {
  iam.destroy();
  await cloud.stop();
});

const text = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const create = (RoleName: string, ...statements: object[]) =>
  iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: text(...statements) }));
const malformed = { name: "MalformedPolicyDocumentException" };

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
describe("a role's policy is malformed", () => {
  const put = (PolicyDocument: string) =>
    iam.send(new PutRolePolicyCommand({ RoleName: "role", PolicyName: "p", PolicyDocument }));

  test.each([
    ["where it is no JSON", "nonsense"],
    ["without statements", text()],
    ["of another version", JSON.stringify({ Version: "2026-01-01", Statement: [MAY] })],
    ["without a resource", text({ ...MAY, Resource: undefined })],
    ["with a resource that is no ARN", text({ ...MAY, Resource: "queue" })],
    ["without an action", text({ ...MAY, Action: undefined })],
    ["with an action of no service", text({ ...MAY, Action: "SendMessage" })],
    ["with a principal", text({ ...MAY, Principal: "*" })],
    ["with an effect that there is not", text({ ...MAY, Effect: "Permit" })],
    ["with a member that there is not", text({ ...MAY, Resources: "*" })],
    ["with a condition that IAM has not", text({ ...MAY, Condition: { StringAlmost: { k: "v" } } })],
  ])("%s, and is not kept", async (_, document) => {
    await expect(put(document)).rejects.toMatchObject(malformed);
    await expect(
      iam.send(new GetRolePolicyCommand({ RoleName: "role", PolicyName: "p" })),
    ).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html */
describe("a trust policy is malformed", () => {
  test.each([
    ["without a principal", { ...TRUST, Principal: undefined }],
    ["with a resource", { ...TRUST, Resource: "*" }],
    ["with an action that is not STS'", { ...TRUST, Action: "sqs:SendMessage" }],
  ])("%s", async (_, statement) => {
    await expect(create("never", statement)).rejects.toMatchObject(malformed);
  });
});
