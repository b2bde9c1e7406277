import type {
  Properties,
  ResourceContext,
  ResourceProvider,
  ResourceState,
} from "../cloudformation/resource-provider.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { saveBucketDocument } from "./bucket-documents.ts";
import { makeBucket, removeBucket } from "./buckets.ts";
import type { ObjectStore } from "./object-store.ts";
import { setBucketTags } from "./tagging.ts";
import { applyTemplateDocuments } from "./template-documents.ts";

const MAX_BUCKET_NAME = 63;

export function objectResources(store: ObjectStore): readonly ResourceProvider[] {
  return [bucketProvider(store), bucketPolicyProvider(store)];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
function bucketProvider(store: ObjectStore): ResourceProvider {
  return {
    type: "AWS::S3::Bucket",
    properties: {
      BucketName: "replace",
      BucketEncryption: "update",
      CorsConfiguration: "update",
      LifecycleConfiguration: "update",
      NotificationConfiguration: "update",
      OwnershipControls: "update",
      PublicAccessBlockConfiguration: "update",
      Tags: "update",
      VersioningConfiguration: "update",
      AccelerateConfiguration: "recorded",
      AccessControl: "recorded",
      AnalyticsConfigurations: "recorded",
      IntelligentTieringConfigurations: "recorded",
      InventoryConfigurations: "recorded",
      LoggingConfiguration: "recorded",
      MetricsConfigurations: "recorded",
    },
    async create(properties, context) {
      const given = properties["BucketName"];
      const name =
        typeof given === "string"
          ? given
          : context.generateName({ maxLength: MAX_BUCKET_NAME, lowercase: true });
      const generated = generatedTags(context);
      const existing = store.buckets.find(name);
      const ours = Object.entries(generated).every(([tag, value]) => existing?.tags[tag] === value);
      if (existing !== undefined && !ours) throw new AwsError("AlreadyExists", `${name} already exists`, 409);
      const bucket = makeBucket(store, name, store.context.region);
      store.buckets.save({ ...bucket, tags: { ...bucket.tags, ...generated } });
      return configure(store, name, properties, context);
    },
    async update(state, properties, _previous, context) {
      return configure(store, state.physicalId, properties, context);
    },
    async delete(state) {
      if (store.buckets.find(state.physicalId) !== undefined) removeBucket(store, state.physicalId);
    },
  };
}

function configure(
  store: ObjectStore,
  name: string,
  properties: Properties,
  context: ResourceContext,
): ResourceState {
  const notifications = (properties["NotificationConfiguration"] ?? {}) as Properties;
  for (const member of Object.keys(notifications)) {
    if (member !== "EventBridgeConfiguration") context.unsupported(`NotificationConfiguration.${member}`);
  }
  applyTemplateDocuments(store, name, properties);
  const tags = (properties["Tags"] ?? []) as readonly { Key: string; Value: unknown }[];
  setBucketTags(store, name, Object.fromEntries(tags.map(({ Key, Value }) => [Key, String(Value)])));
  applyVersioning(store, name, properties["VersioningConfiguration"] as Properties | undefined);
  const { region } = store.context;
  return {
    physicalId: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      WebsiteURL: `http://${name}.s3-website-${region}.amazonaws.com`,
    },
  };
}

/** Versioning can be suspended, never taken back: a template that no longer asks for it suspends it. */
function applyVersioning(store: ObjectStore, name: string, configuration: Properties | undefined): void {
  const bucket = store.buckets.get(name);
  if (configuration?.["Status"] === "Enabled") store.buckets.save({ ...bucket, versioning: "Enabled" });
  else if (bucket.versioning !== undefined || configuration?.["Status"] === "Suspended") {
    store.buckets.save({ ...bucket, versioning: "Suspended" });
  }
}

function generatedTags(context: ResourceContext): Record<string, string> {
  return {
    "aws:cloudformation:logical-id": context.logicalId,
    "aws:cloudformation:stack-id": context.stackId,
    "aws:cloudformation:stack-name": context.stackName,
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucketpolicy.html */
function bucketPolicyProvider(store: ObjectStore): ResourceProvider {
  const put = (bucket: string, properties: Properties): ResourceState => {
    const document = properties["PolicyDocument"];
    const text = typeof document === "string" ? document : JSON.stringify(document);
    saveBucketDocument(store, bucket, "policy", text);
    return { physicalId: bucket, attributes: {} };
  };
  return {
    type: "AWS::S3::BucketPolicy",
    properties: { Bucket: "replace", PolicyDocument: "update" },
    required: ["Bucket", "PolicyDocument"],
    create: async (properties) => put(String(properties["Bucket"]), properties),
    update: async (state, properties) => put(state.physicalId, properties),
    async delete(state) {
      if (store.buckets.find(state.physicalId) !== undefined)
        saveBucketDocument(store, state.physicalId, "policy", undefined);
    },
  };
}
