import { createHash, randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
  ListImagesCommand,
  PutLifecyclePolicyCommand,
} from "@aws-sdk/client-ecr";
import { createRegistryService } from "#local/registry/service.ts";
import { startOneService, type ServiceUnderTest } from "../support/one-service.ts";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const repositoryName = "team/media";

let cloud: ServiceUnderTest<ReturnType<typeof createRegistryService>>;
let ecr: ECRClient;
let authorization = "";

beforeEach(async () => {
  cloud = await startOneService(createRegistryService);
  ecr = new ECRClient(cloud.client);
  await ecr.send(new CreateRepositoryCommand({ repositoryName, imageTagMutability: "IMMUTABLE" }));
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  authorization = `Basic ${authorizationData?.[0]?.authorizationToken ?? ""}`;
});

afterEach(() => cloud.stop());

const digestOf = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

function engine(
  path: string,
  init: { method?: string; body?: Buffer | string; headers?: Record<string, string> } = {},
): Promise<Response> {
  const url = new URL(path, cloud.client.endpoint);
  return fetch(url, { ...init, headers: { authorization, ...init.headers } });
}

async function pushBlob(bytes: Buffer): Promise<{ digest: string; size: number; mediaType: string }> {
  const digest = digestOf(bytes);
  const answer = await engine(`/v2/${repositoryName}/blobs/uploads/?digest=${digest}`, {
    method: "POST",
    body: bytes,
  });
  expect(answer.status).toBe(201);
  return { digest, size: bytes.length, mediaType: "application/octet-stream" };
}

async function pushImage(
  reference: string,
  seed = randomBytes(8),
): Promise<{ digest: string; answer: Response }> {
  const config = await pushBlob(Buffer.from(JSON.stringify({ seed: seed.toString("hex") })));
  const layer = await pushBlob(seed);
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers: [layer] }),
  );
  const answer = await engine(`/v2/${repositoryName}/manifests/${reference}`, {
    method: "PUT",
    body: bytes,
    headers: { "content-type": MANIFEST },
  });
  return { digest: digestOf(bytes), answer };
}

const codeOf = async (answer: Response): Promise<string | undefined> =>
  ((await answer.json()) as { errors: { code: string }[] }).errors[0]?.code;

/**
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-push-ecr-image.html
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
 */
describe("the registry protocol", () => {
  it("asks for the user AWS with a token of the API, and takes no other password", async () => {
    const without = await fetch(new URL("/v2/", cloud.client.endpoint));
    const wrong = await engine("/v2/", { headers: { authorization: `Basic ${btoa("AWS:guess")}` } });
    const right = await engine("/v2/");

    expect(without.headers.get("www-authenticate")).toMatch(/^Basic /);
    expect([without.status, wrong.status, right.status]).toEqual([401, 401, 200]);
  });

  it("gives a pushed image back by its tag and by its digest, byte for byte", async () => {
    const { digest, answer } = await pushImage("v1");

    const byTag = await engine(`/v2/${repositoryName}/manifests/v1`);
    const byDigest = await engine(`/v2/${repositoryName}/manifests/${digest}`);

    expect(answer.status).toBe(201);
    expect(byTag.headers.get("docker-content-digest")).toBe(digest);
    expect(digestOf(Buffer.from(await byDigest.arrayBuffer()))).toBe(digest);
    const layers = (await byTag.json()) as { layers: { digest: string }[] };
    const layer = await engine(`/v2/${repositoryName}/blobs/${layers.layers[0]?.digest}`);
    expect(digestOf(Buffer.from(await layer.arrayBuffer()))).toBe(layers.layers[0]?.digest);
  });

  it("takes a layer in pieces, and says where it stands", async () => {
    const bytes = randomBytes(3000);
    const begun = await engine(`/v2/${repositoryName}/blobs/uploads/`, { method: "POST" });
    const upload = begun.headers.get("location") ?? "";

    const first = await engine(upload, { method: "PATCH", body: bytes.subarray(0, 1000) });
    const gap = await engine(upload, {
      method: "PATCH",
      body: bytes.subarray(2000),
      headers: { "content-range": "2000-2999" },
    });
    await engine(upload, {
      method: "PATCH",
      body: bytes.subarray(1000, 2000),
      headers: { "content-range": "1000-1999" },
    });
    const status = await engine(upload);
    const done = await engine(`${upload}?digest=${digestOf(bytes)}`, {
      method: "PUT",
      body: bytes.subarray(2000),
    });
    const read = await engine(`/v2/${repositoryName}/blobs/${digestOf(bytes)}`, { method: "HEAD" });

    expect([begun.status, first.status, gap.status, status.status, done.status]).toEqual([
      202, 202, 416, 204, 201,
    ]);
    expect(first.headers.get("range")).toBe("0-999");
    expect(status.headers.get("range")).toBe("0-1999");
    expect(read.headers.get("content-length")).toBe("3000");
  });

  it("keeps no bytes under another digest than their own", async () => {
    const digest = digestOf(Buffer.from("announced"));

    const answer = await engine(`/v2/${repositoryName}/blobs/uploads/?digest=${digest}`, {
      method: "POST",
      body: "came",
    });

    expect([answer.status, await codeOf(answer)]).toEqual([400, "DIGEST_INVALID"]);
    expect((await engine(`/v2/${repositoryName}/blobs/${digest}`)).status).toBe(404);
  });

  it("refuses to move a tag of an immutable repository, and takes the same image again", async () => {
    const seed = randomBytes(8);
    await pushImage("v1", seed);

    const other = await pushImage("v1");
    const same = await pushImage("v1", seed);

    expect([other.answer.status, await codeOf(other.answer), same.answer.status]).toEqual([
      400,
      "TAG_INVALID",
      201,
    ]);
  });

  it("refuses a manifest whose layers never came", async () => {
    const absent = { digest: digestOf(Buffer.from("absent")), size: 6, mediaType: "x" };

    const answer = await engine(`/v2/${repositoryName}/manifests/v1`, {
      method: "PUT",
      body: JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config: absent, layers: [] }),
      headers: { "content-type": MANIFEST },
    });

    expect([answer.status, await codeOf(answer)]).toEqual([400, "MANIFEST_BLOB_UNKNOWN"]);
  });

  it("has no repository that was not made", async () => {
    const answer = await engine("/v2/team/absent/blobs/uploads/", { method: "POST" });

    expect([answer.status, await codeOf(answer)]).toEqual([404, "NAME_UNKNOWN"]);
  });

  it("takes no path for the name of a file", async () => {
    const answers = await Promise.all([
      engine(`/v2/${repositoryName}/blobs/sha256:..%2f..%2frepositories.json`),
      engine(`/v2/${repositoryName}/blobs/uploads/..%2frepositories.json`, { method: "PATCH", body: "x" }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });
});

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html */
describe("the API", () => {
  it("describes and lists what was pushed", async () => {
    const { digest } = await pushImage("v1");

    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
    const { imageIds } = await ecr.send(
      new ListImagesCommand({ repositoryName, filter: { tagStatus: "TAGGED" } }),
    );
    const { images, failures } = await ecr.send(
      new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: "v1" }, { imageTag: "v2" }] }),
    );

    expect(imageDetails).toMatchObject([
      { imageDigest: digest, imageTags: ["v1"], imageManifestMediaType: MANIFEST },
    ]);
    expect(imageIds).toEqual([{ imageDigest: digest, imageTag: "v1" }]);
    expect(digestOf(Buffer.from(images?.[0]?.imageManifest ?? ""))).toBe(digest);
    expect(failures).toMatchObject([{ failureCode: "ImageNotFound", imageId: { imageTag: "v2" } }]);
  });

  it("does not know an image that was not pushed", async () => {
    const described = ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: "v9" }] }));

    await expect(described).rejects.toMatchObject({ name: "ImageNotFoundException" });
  });

  it("deletes an image with its layers when its last tag goes", async () => {
    const { digest } = await pushImage("v1");

    const { imageIds } = await ecr.send(
      new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageTag: "v1" }] }),
    );

    expect(imageIds).toEqual([{ imageDigest: digest, imageTag: "v1" }]);
    expect((await engine(`/v2/${repositoryName}/manifests/${digest}`)).status).toBe(404);
  });

  it("deletes a repository that holds images only by force", async () => {
    await pushImage("v1");

    const gentle = ecr.send(new DeleteRepositoryCommand({ repositoryName }));
    await expect(gentle).rejects.toMatchObject({ name: "RepositoryNotEmptyException" });
    await ecr.send(new DeleteRepositoryCommand({ repositoryName, force: true }));

    expect((await ecr.send(new DescribeRepositoriesCommand({}))).repositories).toEqual([]);
  });

  it("keeps a lifecycle policy and gives it back", async () => {
    const lifecyclePolicyText = JSON.stringify({ rules: [{ rulePriority: 1 }] });
    const before = ecr.send(new GetLifecyclePolicyCommand({ repositoryName }));
    await expect(before).rejects.toMatchObject({ name: "LifecyclePolicyNotFoundException" });

    await ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));

    expect(await ecr.send(new GetLifecyclePolicyCommand({ repositoryName }))).toMatchObject({
      lifecyclePolicyText,
    });
  });
});
