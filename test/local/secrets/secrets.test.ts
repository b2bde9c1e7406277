import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { type CloudUnderTest, startWholeCloud } from "#test/local/support/whole-cloud.ts";

let cloud: CloudUnderTest;
let secrets: SecretsManagerClient;
beforeAll(async () => {
  cloud = await startWholeCloud();
  secrets = new SecretsManagerClient(cloud.client());
});
afterAll(() => cloud.end());

const create = (Name: string, SecretString: string | undefined = "first") =>
  secrets.send(new CreateSecretCommand({ Name, SecretString }));
const value = async (SecretId: string, more: Partial<GetSecretValueCommandInput> = {}) =>
  (await secrets.send(new GetSecretValueCommand({ SecretId, ...more }))).SecretString;

/**
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
describe("a secret", () => {
  test("is found by its name, its ARN, and its ARN without the last letters", async () => {
    const { ARN = "" } = await create("db/password");

    expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:db\/password-[A-Za-z0-9]{6}$/);
    for (const id of ["db/password", ARN, ARN.slice(0, -7)]) expect(await value(id)).toBe("first");
    await expect(create("db/password")).rejects.toMatchObject({
      name: "ResourceExistsException",
      message: "The operation failed because the secret db/password already exists.",
    });
  });

  test("remembers the value before the current one", async () => {
    await create("rotated");
    const { VersionId } = await secrets.send(
      new PutSecretValueCommand({ SecretId: "rotated", SecretString: "second" }),
    );

    expect(await value("rotated")).toBe("second");
    expect(await value("rotated", { VersionStage: "AWSPREVIOUS" })).toBe("first");
    expect(await value("rotated", { VersionId })).toBe("second");
    await secrets.send(
      new UpdateSecretCommand({ SecretId: "rotated", SecretString: "third", Description: "thrice" }),
    );
    expect(await value("rotated", { VersionStage: "AWSPREVIOUS" })).toBe("second");
    const described = await secrets.send(new DescribeSecretCommand({ SecretId: "rotated" }));
    expect(described.Description).toBe("thrice");
    expect(
      Object.values(described.VersionIdsToStages ?? {})
        .flat()
        .sort(),
    ).toEqual(["AWSCURRENT", "AWSPREVIOUS"]);
    await expect(value("rotated", { VersionStage: "NEVER" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Secrets Manager can't find the specified secret value for staging label: NEVER",
    });
  });

  test("takes a value once for each token", async () => {
    await create("once");
    const put = (SecretString: string) =>
      secrets.send(
        new PutSecretValueCommand({ SecretId: "once", SecretString, ClientRequestToken: "t".repeat(32) }),
      );

    expect((await put("new")).VersionId).toBe((await put("new")).VersionId);
    await expect(put("other")).rejects.toMatchObject({ name: "ResourceExistsException" });
  });

  test("may be bytes", async () => {
    const bytes = Buffer.from([0, 1, 254, 255]);
    await secrets.send(new CreateSecretCommand({ Name: "binary", SecretBinary: bytes }));

    const { SecretBinary, SecretString } = await secrets.send(
      new GetSecretValueCommand({ SecretId: "binary" }),
    );

    expect(Buffer.from(SecretBinary ?? []).equals(bytes)).toBe(true);
    expect(SecretString).toBeUndefined();
  });

  test("that is deleted can be restored for 30 days, and is gone then", async () => {
    await create("short-lived");
    await secrets.send(new DeleteSecretCommand({ SecretId: "short-lived" }));
    await expect(value("short-lived")).rejects.toMatchObject({
      name: "InvalidRequestException",
      message: "You can't perform this operation on the secret because it was marked for deletion.",
    });
    await secrets.send(new RestoreSecretCommand({ SecretId: "short-lived" }));
    expect(await value("short-lived")).toBe("first");

    await secrets.send(new DeleteSecretCommand({ SecretId: "short-lived", RecoveryWindowInDays: 7 }));
    cloud.cloud.advanceClock(8 * 86_400_000);

    await expect(value("short-lived")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Secrets Manager can't find the specified secret.",
    });
  });

  test("outlives the cloud, and is listed", async () => {
    await create("kept", "still here");

    await cloud.restart();
    secrets = new SecretsManagerClient(cloud.client());

    expect(await value("kept")).toBe("still here");
    const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
    expect(SecretList.map(({ Name }) => Name)).toContain("kept");
  });
});
