import { Readable } from "node:stream";
import { AwsError } from "../../gateway/aws-error.ts";
import { readBody } from "../../gateway/body.ts";
import type { GatewayResponse } from "../../gateway/service.ts";
import { isDigest } from "../state/blob-store.ts";
import { readManifest } from "../state/manifest.ts";
import type { StoredImage } from "../state/image-store.ts";
import { answer, DistributionError } from "./answers.ts";
import type { DistributionCall } from "./call.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

export async function readImage(call: DistributionCall): Promise<GatewayResponse> {
  const { registry, request } = call;
  const { digest, mediaType } = imageIn(call);
  const headers = {
    "content-type": mediaType,
    "content-length": String((await registry.blobs.size(digest)) ?? 0),
    "docker-content-digest": digest,
  };
  return request.method === "HEAD" ? answer(200, headers) : answer(200, headers, registry.blobs.read(digest));
}

/** Takes a manifest by tag or by digest; everything that it names must have come before. */
export async function putImage({
  registry,
  request,
  repository,
  reference,
}: DistributionCall): Promise<GatewayResponse> {
  const bytes = await readBody(request.body, MAX_MANIFEST_BYTES);
  const manifest = readManifest(bytes, request.headers["content-type"]);
  if (manifest === undefined)
    throw new DistributionError(400, "MANIFEST_INVALID", "the body is no image manifest of version 2");
  const byDigest = isDigest(reference);
  if (byDigest && reference !== manifest.digest) {
    throw new DistributionError(400, "DIGEST_INVALID", `the manifest's digest is ${manifest.digest}`);
  }
  // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageIdentifier.html
  if (!byDigest && !/^\w[\w.-]{0,127}$/.test(reference)) {
    throw new DistributionError(400, "TAG_INVALID", `"${reference}" cannot be a tag`);
  }
  const absent = manifest.needs.filter((digest) => !registry.images.hasBlob(repository.name, digest));
  if (absent.length > 0) {
    throw new DistributionError(
      400,
      "MANIFEST_BLOB_UNKNOWN",
      `Layers with digests '${absent.join(", ")}' required for pushing image into repository with name '${repository.name}' don't exist`,
    );
  }
  const upload = await registry.blobs.begin();
  await registry.blobs.append(upload, Readable.from([bytes]));
  await registry.blobs.finish(upload, manifest.digest);
  try {
    registry.images.addImage(
      repository,
      manifest,
      registry.context.clock.now(),
      byDigest ? undefined : reference,
    );
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new DistributionError(400, "TAG_INVALID", error.message);
  }
  return answer(201, {
    location: `/v2/${repository.name}/manifests/${manifest.digest}`,
    "docker-content-digest": manifest.digest,
    "content-length": "0",
  });
}

export async function deleteImage(call: DistributionCall): Promise<GatewayResponse> {
  const { registry, repository, reference } = call;
  await registry.images.removeImage(
    repository.name,
    imageIn(call),
    isDigest(reference) ? undefined : reference,
  );
  return answer(202);
}

/** GET tags/list, in their order, paged by `n` and `last`. */
export async function listTags({
  registry,
  request,
  repository,
}: DistributionCall): Promise<GatewayResponse> {
  const query = request.url.searchParams;
  const all = registry.images
    .images(repository.name)
    .flatMap(({ tags }) => tags)
    .toSorted();
  const after = all.filter((tag) => tag > (query.get("last") ?? ""));
  const tags = after.slice(0, Number(query.get("n") ?? "1000"));
  const next = tags.length < after.length ? tags.at(-1) : undefined;
  const link = `</v2/${repository.name}/tags/list?n=${tags.length}&last=${next}>; rel="next"`;
  return answer(
    200,
    { "content-type": "application/json", ...(next === undefined ? {} : { link }) },
    JSON.stringify({ name: repository.name, tags }),
  );
}

function imageIn({ registry, repository, reference }: DistributionCall): StoredImage {
  const image = registry.images.find(repository.name, reference);
  if (image === undefined) {
    throw new DistributionError(404, "MANIFEST_UNKNOWN", "Requested image not found");
  }
  return image;
}
