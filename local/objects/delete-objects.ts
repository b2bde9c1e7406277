import { AwsError } from "../gateway/aws-error.ts";
import type { GatewayResponse } from "../gateway/service.ts";
import { allow, allowOn } from "./access.ts";
import { invalidRequest, malformedXml } from "./errors.ts";
import { checkVersionId, versionIdOf } from "./find-version.ts";
import { checkWriteConditions, deleteObject } from "./object-changes.ts";
import type { ObjectStore } from "./object-store.ts";
import { readDocument } from "./read-document.ts";
import type { S3Request } from "./s3-request.ts";
import { listOf, parseXml, textOf, xmlDocument, type XmlElements } from "./xml-document.ts";
import { xmlAnswer } from "./xml-answer.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const MAX_BATCH = 1000;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
export async function deleteOne(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  store.buckets.get(request.bucket);
  const versionId = versionIdOf(request);
  allow(store, request, versionId === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion");
  checkWriteConditions(store, request);
  const deleted = deleteObject(store, request, request.key, versionId);
  return {
    status: 204,
    headers: {
      ...(deleted.versionId === undefined ? {} : { "x-amz-version-id": deleted.versionId }),
      ...(deleted.deleteMarker ? { "x-amz-delete-marker": "true" } : {}),
    },
  };
}

/** Deletes up to 1,000 objects or versions; one that fails does not stop the others. */
export async function deleteObjects(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  store.buckets.get(request.bucket);
  const { text, verified } = await readDocument(request);
  if (!verified) throw invalidRequest("Missing required header for this request: Content-MD5");
  const document = parseXml(text, "Delete");
  const objects = listOf(document, "Object");
  if (objects.length === 0 || objects.length > MAX_BATCH) throw malformedXml();
  const deleted: XmlElements[] = [];
  const errors: XmlElements[] = [];
  for (const object of objects) {
    const key = textOf(object, "Key");
    if (key === undefined || key === "") throw malformedXml();
    const versionId = textOf(object, "VersionId");
    try {
      deleted.push(deleteListed(store, request, key, versionId));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      errors.push({ Key: key, VersionId: versionId, Code: error.code, Message: error.message });
    }
  }
  const quiet = textOf(document, "Quiet") === "true";
  return xmlAnswer(xmlDocument("DeleteResult", { ...(quiet ? {} : { Deleted: deleted }), Error: errors }));
}

function deleteListed(
  store: ObjectStore,
  request: S3Request,
  key: string,
  versionId: string | undefined,
): XmlElements {
  const named = versionId === undefined ? undefined : checkVersionId(versionId);
  const action = named === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
  allowOn(store, request, action, `arn:aws:s3:::${request.bucket}/${key}`);
  const result = deleteObject(store, request, key, named);
  return {
    Key: key,
    VersionId: named,
    ...(result.deleteMarker ? { DeleteMarker: true, DeleteMarkerVersionId: result.versionId } : {}),
  };
}
