import { createHash, createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { GatewayRequest } from "#local/gateway/service.ts";
import { verifyVersionTwo } from "#local/objects/presigned-version-two.ts";
import { readS3Request } from "#local/objects/s3-request.ts";
import { startWholeCloud } from "../support/whole-cloud.ts";
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

  test("is not valid before its time, with a quarter of an hour for clocks that differ", async () => {
    const signedIn = async (minutes: number) =>
      fetch(await sign(cloud.s3, { signingDate: new Date(Date.now() + minutes * 60_000) }));
    const answer = await signedIn(16);

    expect([answer.status, await answer.text()]).toEqual([
      403,
      expect.stringContaining("Request is not valid yet"),
    ]);
    expect((await signedIn(14)).status).toBe(200);
  });

  test("is valid for a week at most", async () => {
    expect((await fetch(await sign(cloud.s3, { expiresIn: 604_800 }))).status).toBe(200);
  });

  test("of a role is the same in another order and with other letters of its escapes", async () => {
    const url = new URL(await sign(role));
    const reversed = [...url.searchParams].toReversed();
    const path = url.pathname.replace("%C3%A9", "%c3%a9");
    expect(path).not.toBe(url.pathname);

    const answer = await fetch(`${url.origin}${path}?${new URLSearchParams(reversed).toString()}`);

    expect(answer.status).toBe(200);
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

  test.each<[string | RegExp, string]>([
    ["X-Amz-Expires=900", "X-Amz-Expires=604801"],
    ["X-Amz-Expires=900", "X-Amz-Expires=soon"],
    ["X-Amz-Expires=900", "X-Amz-Expires=-1"],
    ["&X-Amz-SignedHeaders=host", ""],
    ["X-Amz-Algorithm=AWS4-HMAC-SHA256&", ""],
    ["AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"],
    [/X-Amz-Date=\w+/, "X-Amz-Date=today"],
  ])("with %s turned into %j is malformed", async (from, to) => {
    const answer = await fetch((await sign(cloud.s3)).replace(from, to));
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining("AuthorizationQueryParametersError"),
    ]);
  });

  test("of signature version 2, as the AWS CLI makes it, ends at its time, too", async () => {
    const get = (query: string) =>
      fetch(`${cloud.client.endpoint}/${Bucket}/${encodeURIComponent(Key)}?AWSAccessKeyId=op&${query}`);
    const at = (seconds: number) => `Expires=${Math.floor(Date.now() / 1000) + seconds}`;
    expect((await get(`Signature=x&${at(60)}`)).status).toBe(200);
    expect((await get(`Signature=x&${at(-60)}`)).status).toBe(403);

    for (const lacking of ["Signature=x", at(60), "Signature=x&Expires=soon"]) {
      const answer = await get(lacking);
      expect([answer.status, await answer.text()]).toEqual([
        403,
        expect.stringContaining("requires the Signature, Expires and AWSAccessKeyId parameters"),
      ]);
    }
  });

  describe("of signature version 2 by a role", () => {
    const expires = Math.floor(Date.now() / 1000) + 600;
    /** @param head method, Content-MD5 and Content-Type @param resource with the parameters that are signed, in order */
    const signed = (head: string, resource: string) => {
      const token = "a+token/==";
      const toSign = `${head}\n${expires}\nx-amz-security-token:${token}\n${resource}`;
      const signature = createHmac("sha1", "secret of the role").update(toSign).digest("base64");
      const query = { AWSAccessKeyId: "ASIAROLE", Expires: `${expires}`, "x-amz-security-token": token };
      return new URLSearchParams({ ...query, Signature: signature }).toString();
    };
    const path = `/${Bucket}/${encodeURIComponent(Key)}`;
    const get = async (text: string) => (await fetch(`${cloud.client.endpoint}${path}?${text}`)).status;

    test("it is refused where anything of it was changed", async () => {
      const query = signed("GET\n\n", path);

      expect(await get(query)).toBe(200);
      expect(await get(query.replace(`${expires}`, `${expires + 1}`))).toBe(403);
      expect(await get(`${query}&versionId=null`)).toBe(403);
      expect(await get(`${query}&response-content-type=text/html`)).toBe(403);
    });

    test("its parameters are signed in the order of their names", async () => {
      const query = signed("GET\n\n", `${path}?response-content-type=text/x&versionId=null`);

      expect(await get(`${query}&versionId=null&response-content-type=text/x`)).toBe(200);
    });

    test("the type and the digest of what is put are signed", async () => {
      const digest = createHash("md5").update("put").digest("base64");
      const query = signed(`PUT\n${digest}\ntext/plain`, `/${Bucket}/put`);
      const put = async (headers: Record<string, string>) =>
        (
          await fetch(`${cloud.client.endpoint}/${Bucket}/put?${query}`, {
            method: "PUT",
            body: "put",
            headers,
          })
        ).status;

      expect(await put({ "content-md5": digest, "content-type": "text/plain" })).toBe(200);
      expect(await put({ "content-md5": digest, "content-type": "text/html" })).toBe(403);
      expect(await put({ "content-type": "text/plain" })).toBe(403);
    });
  });
});

/** The example of https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html#RESTAuthenticationQueryStringAuth */
test("signature version 2 is what AWS computes, with the bucket in the host's name", () => {
  const signed = (key: string) =>
    readS3Request({
      method: "GET",
      rawTarget: `/photos/${key}?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620`,
      headers: { host: "johnsmith.s3.amazonaws.com" },
    } as unknown as GatewayRequest);
  const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

  expect(() => verifyVersionTwo(signed("puppy.jpg"), secret)).not.toThrow();
  expect(() => verifyVersionTwo(signed("kitten.jpg"), secret)).toThrow("does not match");
});

test("a URL signed with the keys that the documentation names is verified, one with others of the operator is not", async () => {
  const cloud = await startWholeCloud();
  try {
    const signedBy = async (accessKeyId: string, secretAccessKey: string) => {
      const s3 = new S3Client({
        ...cloud.client(),
        credentials: { accessKeyId, secretAccessKey },
        forcePathStyle: true,
      });
      await s3.send(new CreateBucketCommand({ Bucket: "named" }));
      await s3.send(new PutObjectCommand({ Bucket: "named", Key: "k", Body: "b" }));
      const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket: "named", Key: "k" }));
      const changed = url.replace("X-Amz-Expires=900", "X-Amz-Expires=901");
      s3.destroy();
      return [(await fetch(url)).status, (await fetch(changed)).status];
    };
    expect(await signedBy("local", "local")).toEqual([200, 403]);
    expect(await signedBy("mine", "anything")).toEqual([200, 200]);
  } finally {
    await cloud.end();
  }
});
