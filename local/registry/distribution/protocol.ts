import type { GatewayRequest, GatewayResponse } from "../../gateway/service.ts";
import type { Registry } from "../registry.ts";
import { answer, DistributionError } from "./answers.ts";
import { appendUpload, beginUpload, cancelUpload, finishUpload, readBlob, uploadStatus } from "./blobs.ts";
import { notLoggedIn, openCall, type DistributionCall } from "./call.ts";
import { deleteImage, listTags, putImage, readImage } from "./manifests.ts";

interface Route {
  readonly methods: readonly string[];
  /** What follows the repository's name, which may have slashes itself. */
  readonly path: RegExp;
  /** The permission that ECR asks for. https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html */
  readonly action: string;
  readonly handle: (call: DistributionCall) => Promise<GatewayResponse>;
}

const UPLOAD = /^blobs\/uploads\/([^/]+)$/;
const BLOB = /^blobs\/([^/]+)$/;
const MANIFEST = /^manifests\/([^/]+)$/;

const ROUTES: readonly Route[] = [
  { methods: ["POST"], path: /^blobs\/uploads\/()$/, action: "ecr:InitiateLayerUpload", handle: beginUpload },
  { methods: ["PATCH"], path: UPLOAD, action: "ecr:UploadLayerPart", handle: appendUpload },
  { methods: ["GET"], path: UPLOAD, action: "ecr:UploadLayerPart", handle: uploadStatus },
  { methods: ["DELETE"], path: UPLOAD, action: "ecr:UploadLayerPart", handle: cancelUpload },
  { methods: ["PUT"], path: UPLOAD, action: "ecr:CompleteLayerUpload", handle: finishUpload },
  { methods: ["HEAD"], path: BLOB, action: "ecr:BatchCheckLayerAvailability", handle: readBlob },
  { methods: ["GET"], path: BLOB, action: "ecr:GetDownloadUrlForLayer", handle: readBlob },
  { methods: ["GET", "HEAD"], path: MANIFEST, action: "ecr:BatchGetImage", handle: readImage },
  { methods: ["PUT"], path: MANIFEST, action: "ecr:PutImage", handle: putImage },
  { methods: ["DELETE"], path: MANIFEST, action: "ecr:BatchDeleteImage", handle: deleteImage },
  { methods: ["GET"], path: /^tags\/()list$/, action: "ecr:ListImages", handle: listTags },
];

export const DISTRIBUTION_PATH = "/v2/";

/**
 * The protocol by which docker, podman and finch push and pull, as ECR serves it: the user AWS with a token of
 * GetAuthorizationToken. https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export function distributionProtocol(
  registry: Registry,
): (request: GatewayRequest) => Promise<GatewayResponse> {
  return async (request) => {
    try {
      return await route(registry, request);
    } catch (error) {
      if (error instanceof DistributionError) return error.answer();
      throw error;
    }
  };
}

async function route(registry: Registry, request: GatewayRequest): Promise<GatewayResponse> {
  const path = decodeURIComponent(request.url.pathname).slice(DISTRIBUTION_PATH.length);
  if (path === "") {
    if (registry.tokens.principalOf(request.headers.authorization) === undefined) throw notLoggedIn();
    return answer(200);
  }
  const [, name = "", rest = ""] = /^(.+?)\/((?:blobs|manifests|tags)\/.*)$/.exec(path) ?? [];
  const found = ROUTES.find(
    ({ methods, path: pattern }) => methods.includes(request.method) && pattern.test(rest),
  );
  if (found === undefined) {
    throw new DistributionError(
      404,
      "UNSUPPORTED",
      `The local cloud's registry has no ${request.method} ${request.url.pathname}.`,
    );
  }
  const reference = found.path.exec(rest)?.[1] ?? "";
  return found.handle(openCall(registry, request, { name, reference, action: found.action }));
}
