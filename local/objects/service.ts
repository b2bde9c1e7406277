import type { CloudContext, ObjectReader } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { readBody } from "../gateway/body.ts";
import type { GatewayRequest, GatewayResponse, LocalService } from "../gateway/service.ts";
import { accessDenied, ErrorWithHeaders, noSuchKey, noSuchVersion } from "./errors.ts";
import { openObjectStore, type ObjectStore } from "./object-store.ts";
import { operationFor } from "./operations.ts";
import { objectResources } from "./resources.ts";
import { checkPresigned } from "./presigned.ts";
import { readS3Request, requestIdOf, type S3Request } from "./s3-request.ts";
import { xmlError, type XmlElements } from "./xml-document.ts";

/** S3 on a folder: any number of objects of any size, their versions, and the events that tell of them. */
export function createObjectsService(context: CloudContext): LocalService & ObjectReader {
  const store = openObjectStore(context);
  return {
    name: "objects",
    signingNames: ["s3"],
    resources: objectResources(store),
    handle: (request) => handle(store, request),
    async start() {
      store.events.deliver();
    },
    async stop() {
      await store.events.stop();
      store.database.close();
    },
    async read(bucket, key, versionId) {
      store.buckets.get(bucket);
      const version =
        versionId === undefined
          ? store.versions.latest(bucket, key)
          : store.versions.version(bucket, key, versionId);
      if (version?.marker !== false)
        throw versionId === undefined ? noSuchKey(key) : noSuchVersion(key, versionId);
      return readBody(store.files.read(version.segments, 0, version.size - 1), version.size);
    },
  };
}

async function handle(store: ObjectStore, gateway: GatewayRequest): Promise<GatewayResponse> {
  const ids = {
    "x-amz-request-id": requestIdOf(gateway),
    "x-amz-id-2": gateway.requestId,
    server: "AmazonS3",
  };
  try {
    const request = readS3Request(gateway);
    checkPresigned(store, request);
    checkExpectedOwner(store, request);
    const answer = await operationFor(request)(store, request);
    return { ...answer, headers: { ...ids, ...answer.headers } };
  } catch (error) {
    if (error instanceof AwsError) return errorAnswer(error, gateway, ids);
    if (gateway.signal.aborted) throw error;
    store.context.report(
      `S3 ${gateway.method} ${gateway.rawTarget}: ${String((error as Error).stack ?? error)}`,
    );
    const internal = new AwsError(
      "InternalError",
      "We encountered an internal error. Please try again.",
      500,
    );
    return errorAnswer(internal, gateway, ids);
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses */
function errorAnswer(error: AwsError, gateway: GatewayRequest, ids: Record<string, string>): GatewayResponse {
  const headers = { ...ids, ...(error instanceof ErrorWithHeaders ? error.headers : {}) };
  if (gateway.method === "HEAD") return { status: error.status, headers };
  const target = gateway.rawTarget.split("?", 1)[0];
  const body = xmlError({
    Code: error.code,
    Message: error.message,
    ...(error.members as XmlElements),
    Resource: target,
    RequestId: ids["x-amz-request-id"],
    HostId: ids["x-amz-id-2"],
  });
  return { status: error.status, headers: { ...headers, "content-type": "application/xml" }, body };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html */
function checkExpectedOwner(store: ObjectStore, request: S3Request): void {
  for (const name of ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"]) {
    const owner = request.header(name);
    if (owner !== undefined && owner !== store.context.accountId) throw accessDenied();
  }
}
