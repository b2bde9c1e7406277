import { saveBucketDocument } from "./bucket-documents.ts";
import type { ObjectStore } from "./object-store.ts";
import { xmlDocument, type XmlElements, type XmlValue } from "./xml-document.ts";

type Template = Readonly<Record<string, unknown>>;

/**
 * Brings the configuration documents of a bucket to what its template says; a property that is gone takes its document
 * along. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
 */
export function applyTemplateDocuments(store: ObjectStore, bucket: string, properties: Template): void {
  for (const [property, { document, write }] of Object.entries(DOCUMENTS)) {
    const value = properties[property];
    saveBucketDocument(store, bucket, document, value === undefined ? undefined : write(value as Template));
  }
}

const DOCUMENTS: Readonly<Record<string, { document: string; write: (value: Template) => string }>> = {
  BucketEncryption: {
    document: "encryption",
    write: (value) =>
      xmlDocument("ServerSideEncryptionConfiguration", {
        Rule: list(value["ServerSideEncryptionConfiguration"]).map((rule) => ({
          ApplyServerSideEncryptionByDefault: xml(rule["ServerSideEncryptionByDefault"]),
          BucketKeyEnabled: xml(rule["BucketKeyEnabled"] ?? false),
        })),
      }),
  },
  CorsConfiguration: {
    document: "cors",
    write: (value) =>
      xmlDocument("CORSConfiguration", {
        CORSRule: list(value["CorsRules"]).map((rule) => ({
          ID: xml(rule["Id"]),
          AllowedHeader: xml(rule["AllowedHeaders"]),
          AllowedMethod: xml(rule["AllowedMethods"]),
          AllowedOrigin: xml(rule["AllowedOrigins"]),
          ExposeHeader: xml(rule["ExposedHeaders"]),
          MaxAgeSeconds: xml(rule["MaxAge"]),
        })),
      }),
  },
  LifecycleConfiguration: {
    document: "lifecycle",
    write: (value) =>
      xmlDocument("LifecycleConfiguration", { Rule: list(value["Rules"]).map(lifecycleRule) }),
  },
  NotificationConfiguration: {
    document: "notification",
    write: (value) => {
      const switched = value["EventBridgeConfiguration"] as Template | undefined;
      // An empty EventBridgeConfiguration means on; only an explicit false turns it off.
      const off = [false, "false"].includes(switched?.["EventBridgeEnabled"] as boolean | string);
      const on = switched !== undefined && !off;
      return xmlDocument("NotificationConfiguration", on ? { EventBridgeConfiguration: "" } : {});
    },
  },
  OwnershipControls: {
    document: "ownershipControls",
    write: (value) =>
      xmlDocument("OwnershipControls", { Rule: list(value["Rules"]).map((rule) => xml(rule)) }),
  },
  PublicAccessBlockConfiguration: {
    document: "publicAccessBlock",
    write: (value) =>
      xmlDocument("PublicAccessBlockConfiguration", {
        BlockPublicAcls: false,
        IgnorePublicAcls: false,
        BlockPublicPolicy: false,
        RestrictPublicBuckets: false,
        ...(xml(value) as XmlElements),
      }),
  },
};

function lifecycleRule(rule: Template): XmlElements {
  const days = rule["NoncurrentVersionExpirationInDays"];
  return {
    ID: xml(rule["Id"]),
    Filter: lifecycleFilter(rule),
    Status: xml(rule["Status"]),
    Expiration: present({
      Days: xml(rule["ExpirationInDays"]),
      Date: xml(rule["ExpirationDate"]),
      ExpiredObjectDeleteMarker: xml(rule["ExpiredObjectDeleteMarker"]),
    }),
    NoncurrentVersionExpiration: xml(
      rule["NoncurrentVersionExpiration"] ?? (days === undefined ? undefined : { NoncurrentDays: days }),
    ),
    AbortIncompleteMultipartUpload: xml(rule["AbortIncompleteMultipartUpload"]),
    Transition: [...list(rule["Transitions"]), ...list(rule["Transition"])].map((transition) => ({
      Days: xml(transition["TransitionInDays"]),
      Date: xml(transition["TransitionDate"]),
      StorageClass: xml(transition["StorageClass"]),
    })),
    NoncurrentVersionTransition: list(rule["NoncurrentVersionTransitions"]).map((transition) => ({
      NoncurrentDays: xml(transition["TransitionInDays"]),
      NewerNoncurrentVersions: xml(transition["NewerNoncurrentVersions"]),
      StorageClass: xml(transition["StorageClass"]),
    })),
  };
}

function lifecycleFilter(rule: Template): XmlElements {
  const filters = {
    Prefix: xml(rule["Prefix"]),
    Tag: list(rule["TagFilters"]).map((tag) => xml(tag)),
    ObjectSizeGreaterThan: xml(rule["ObjectSizeGreaterThan"]),
    ObjectSizeLessThan: xml(rule["ObjectSizeLessThan"]),
  };
  const count = Object.values(filters)
    .flat()
    .filter((value) => value !== undefined).length;
  return count > 1 ? { And: filters } : count === 1 ? filters : { Prefix: "" };
}

function present(element: XmlElements): XmlElements | undefined {
  return Object.values(element).every((value) => value === undefined) ? undefined : element;
}

function list(value: unknown): Template[] {
  return value === undefined ? [] : ([value].flat() as Template[]);
}

/** Property values of a template are what a document can hold: text, numbers, booleans, lists and objects of them. */
function xml(value: unknown): XmlValue {
  return value as XmlValue;
}
