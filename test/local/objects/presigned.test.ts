import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { startObjects, type ObjectsCloud } from "./support/objects-cloud.ts";

const Bucket = "presigned";
const Key = "a b+é😀.txt";

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ShareObjectPreSignedURL.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
describe("a presigned URL", () => {
  let cloud: ObjectsCloud;
  let role: S3Client;
  beforeAll(async () => {
    cloud = await startObjects({
      identity: {
        secretAccessKeyOf: (accessKeyId) => (accessKeyId === "ASIAROLE" ? "secret of the role" : undefined),
        credentialsFor: () => {
          throw new Error("no credentials are asked for");
        },
        roleAllowed: () => true,
        isTrustedBy: () => true,
        servicePrincipalAllowed: () => true,
      },
    });
    const credentials = {
      accessKeyId: "ASIAROLE",
      secretAccessKey: "secret of the role",
      sessionToken: "a+token/==",
    };
    role = new S3Client({ ...cloud.client, credentials, forcePathStyle: true });
    await cloud.s3.send(new CreateBucketCommand({ Bucket }));
    await cloud.s3.send(new PutObjectCommand({ Bucket, Key, Body: "hello" }));
  });
  afterAll(() => {
    role.destroy();
    return cloud.stop();
  });

  const sign = (client: S3Client, options: Parameters<typeof getSignedUrl>[2] = {}) =>
    getSignedUrl(client, new GetObjectCommand({ Bucket, Key, ResponseContentType: "text/x" }), options);

  test("gets the object, with the headers that it asks for", async () => {
    for (const client of [cloud.s3, role]) {
      const answer = await fetch(await sign(client));
      expect([answer.status, await answer.text(), answer.headers.get("content-type")]).toEqual([
        200,
        "hello",
        "text/x",
      ]);
    }
  });

  test("puts an object", async () => {
    const url = await getSignedUrl(role, new PutObjectCommand({ Bucket, Key: "by url" }), { expiresIn: 60 });
    expect((await fetch(url, { method: "PUT", body: "put" })).status).toBe(200);
    expect(String(await cloud.service.read(Bucket, "by url"))).toBe("put");
  });

  test("ends when its time is over", async () => {
    const answer = await fetch(
      await sign(cloud.s3, { expiresIn: 60, signingDate: new Date(Date.now() - 61_000) }),
    );
    expect(answer.status).toBe(403);
    const text = await answer.text();
    expect(text).toContain("<Code>AccessDenied</Code><Message>Request has expired</Message>");
    expect(text).toContain("<X-Amz-Expires>60</X-Amz-Expires>");
  });

  test("is not valid before its time", async () => {
    const answer = await fetch(await sign(cloud.s3, { signingDate: new Date(Date.now() + 3_600_000) }));
    expect([answer.status, await answer.text()]).toEqual([
      403,
      expect.stringContaining("Request is not valid yet"),
    ]);
  });

  test("of a role is refused where anything of it was changed", async () => {
    const url = await sign(role);
    for (const changed of [
      url.replace("text%2Fx", "text%2Fy"),
      url.replace("/presigned/", "/other/"),
      url.replace("X-Amz-Expires=900", "X-Amz-Expires=901"),
      url.replace(/(X-Amz-Signature=)../, "$1zz"),
    ]) {
      const answer = await fetch(changed);
      expect([answer.status, await answer.text()]).toEqual([
        403,
        expect.stringContaining("SignatureDoesNotMatch"),
      ]);
    }
    expect((await fetch(url, { method: "PUT", body: "x" })).status).toBe(403);
  });

  test.each([
    ["X-Amz-Expires=900", "X-Amz-Expires=604801"],
    ["X-Amz-Expires=900", "X-Amz-Expires=soon"],
    ["X-Amz-Expires=900", "X-Amz-Expires=-1"],
    ["&X-Amz-SignedHeaders=host", ""],
  ])("with %s turned into %j is malformed", async (from, to) => {
    const answer = await fetch((await sign(cloud.s3)).replace(from, to));
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining("AuthorizationQueryParametersError"),
    ]);
  });

  test("of signature version 2, as the AWS CLI makes it, ends at its time, too", async () => {
    const at = (seconds: number) =>
      fetch(
        `${cloud.client.endpoint}/${Bucket}/${encodeURIComponent(Key)}?AWSAccessKeyId=op&Signature=x&Expires=${Math.floor(Date.now() / 1000) + seconds}`,
      );
    expect((await at(60)).status).toBe(200);
    expect((await at(-60)).status).toBe(403);
  });
});
