import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { AddPermissionCommand, GetPolicyCommand, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { createIdentityService } from "#local/identity/service.ts";
import { startFunctions } from "./support/functions-cloud.ts";

const ARN = "arn:aws:lambda:us-east-1:000000000000:function:guarded";
const RULE = "arn:aws:events:us-east-1:000000000000:rule/uploads";
const call = (sourceArn: string, service = "events.amazonaws.com") =>
  cloud.service.invokeAsync(ARN, { from: sourceArn }, { service, sourceArn });

let cloud: Awaited<ReturnType<typeof startFunctions>>;
beforeAll(async () => {
  cloud = await startFunctions({
    servicePrincipalAllowed: (request) => iam().servicePrincipalAllowed(request),
  });
  await cloud.create("guarded", {
    "index.mjs": "export const handler = async (event) => console.log('from', event.from);",
  });
});
afterAll(() => cloud.stop());

/** The real evaluation of policies, over the context that the service under test has. */
function iam() {
  return createIdentityService(cloud.context).authority;
}

/**
 * https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 * https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 */
describe("a service that calls a function", () => {
  test("is refused where the function has no policy", async () => {
    await expect(call(RULE)).rejects.toMatchObject({ code: "AccessDeniedException", status: 403 });
  });

  test("is let in by a permission for its principal and its source, and by nothing else", async () => {
    const permission = { FunctionName: "guarded", StatementId: "rule", Action: "lambda:InvokeFunction" };
    const added = new AddPermissionCommand({
      ...permission,
      Principal: "events.amazonaws.com",
      SourceArn: RULE,
    });
    const { Statement } = await cloud.lambda.send(added);
    expect(JSON.parse(Statement ?? "")).toEqual({
      Sid: "rule",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: ARN,
      Condition: { ArnLike: { "AWS:SourceArn": RULE } },
    });
    await expect(cloud.lambda.send(added)).rejects.toMatchObject({ name: "ResourceConflictException" });
    await expect(call(`${RULE}-other`)).rejects.toMatchObject({ code: "AccessDeniedException" });
    await expect(call(RULE, "sns.amazonaws.com")).rejects.toMatchObject({ code: "AccessDeniedException" });
    await call(RULE);
    await cloud.logs.match(new RegExp(`from ${RULE}$`));
  });

  test("is refused again when the permission is removed", async () => {
    await cloud.lambda.send(new RemovePermissionCommand({ FunctionName: "guarded", StatementId: "rule" }));
    await expect(call(RULE)).rejects.toMatchObject({ code: "AccessDeniedException" });
    await expect(cloud.lambda.send(new GetPolicyCommand({ FunctionName: "guarded" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  test("is told of a function that does not exist", async () => {
    await expect(cloud.service.invokeAsync(`${ARN}x`, {})).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });
});
