import type { GatewayResponse } from "../../gateway/service.ts";
import { isDigest } from "../state/blob-store.ts";
import { answer, DistributionError } from "./answers.ts";
import type { DistributionCall } from "./call.ts";

/** GET and HEAD of a layer or a configuration. */
export async function readBlob({
  registry,
  request,
  repository,
  reference,
}: DistributionCall): Promise<GatewayResponse> {
  const known = isDigest(reference) && registry.images.hasBlob(repository.name, reference);
  const size = known ? await registry.blobs.size(reference) : undefined;
  if (size === undefined)
    throw new DistributionError(404, "BLOB_UNKNOWN", `blob ${reference} is not in ${repository.name}`);
  const headers = {
    "content-type": "application/octet-stream",
    "content-length": String(size),
    "docker-content-digest": reference,
  };
  return request.method === "HEAD"
    ? answer(200, headers)
    : answer(200, headers, registry.blobs.read(reference));
}

/** POST begins an upload, or is one whole where it names the digest. A blob of another repository is never mounted, as in ECR by default. */
export async function beginUpload(call: DistributionCall): Promise<GatewayResponse> {
  const id = await call.registry.blobs.begin();
  const digest = call.request.url.searchParams.get("digest");
  if (digest !== null) return complete(call, id, digest);
  return answer(202, progress(call, id, 0));
}

/** PATCH appends a piece; pieces come in their order. */
export async function appendUpload(call: DistributionCall): Promise<GatewayResponse> {
  const { registry, request, reference } = call;
  const received = await receivedOf(call);
  const first = /^(\d+)-\d+$/.exec(request.headers["content-range"] ?? "")?.[1];
  if (first !== undefined && Number(first) !== received) {
    return answer(416, progress(call, reference, received));
  }
  await registry.blobs.append(reference, request.body);
  return answer(202, progress(call, reference, await receivedOf(call)));
}

export async function uploadStatus(call: DistributionCall): Promise<GatewayResponse> {
  return answer(204, progress(call, call.reference, await receivedOf(call)));
}

export async function cancelUpload(call: DistributionCall): Promise<GatewayResponse> {
  await receivedOf(call);
  await call.registry.blobs.cancel(call.reference);
  return answer(204);
}

/** PUT ends an upload, perhaps with its last or only piece. */
export async function finishUpload(call: DistributionCall): Promise<GatewayResponse> {
  await receivedOf(call);
  return complete(call, call.reference, call.request.url.searchParams.get("digest") ?? "");
}

async function complete(
  { registry, request, repository }: DistributionCall,
  id: string,
  digest: string,
): Promise<GatewayResponse> {
  await registry.blobs.append(id, request.body);
  if (!isDigest(digest) || !(await registry.blobs.finish(id, digest))) {
    await registry.blobs.cancel(id);
    throw new DistributionError(
      400,
      "DIGEST_INVALID",
      `the bytes that came do not have the digest "${digest}"`,
    );
  }
  registry.images.addBlob(repository.name, digest);
  return answer(201, {
    location: `/v2/${repository.name}/blobs/${digest}`,
    "docker-content-digest": digest,
    "content-length": "0",
  });
}

async function receivedOf({ registry, reference }: DistributionCall): Promise<number> {
  const known = /^[0-9a-f-]{36}$/.test(reference) ? await registry.blobs.received(reference) : undefined;
  if (known === undefined)
    throw new DistributionError(404, "BLOB_UPLOAD_UNKNOWN", `there is no upload ${reference}`);
  return known;
}

function progress({ repository }: DistributionCall, id: string, received: number): Record<string, string> {
  return {
    location: `/v2/${repository.name}/blobs/uploads/${id}`,
    "docker-upload-uuid": id,
    // Both ends belong to the range; nothing is 0-0 by convention.
    range: `0-${Math.max(received - 1, 0)}`,
    "content-length": "0",
  };
}
