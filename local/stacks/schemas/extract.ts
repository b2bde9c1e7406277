/**
 * Writes resource-types.json from AWS's published resource schemas:
 *
 *   node local/stacks/schemas/extract.ts FOLDER
 *
 * FOLDER holds one JSON schema per type: what CloudformationSchema.zip unpacks to
 * (https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schemas.html),
 * or cfn-lint's `data/schemas/resources`. The table is all that the cloud needs at run time.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PropertyUse } from "../../cloudformation/resource-provider.ts";
import type { ResourceSchema } from "./resource-schema.ts";

interface PublishedSchema {
  readonly typeName?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly createOnlyProperties?: readonly string[];
  readonly readOnlyProperties?: readonly string[];
}

/** The types of this cloud and their close neighbours, without AWS:: in front. */
const WHOLE_SERVICES = [
  "SQS",
  "SNS",
  "Events",
  "Scheduler",
  "Lambda",
  "ECS",
  "Logs",
  "EFS",
  "ElasticLoadBalancingV2",
  "ApplicationAutoScaling",
];
const SINGLE_TYPES = [
  "AutoScaling::AutoScalingGroup CloudWatch::Alarm CloudWatch::CompositeAlarm CloudWatch::Dashboard DynamoDB::Table",
  "EC2::EIP EC2::EgressOnlyInternetGateway EC2::FlowLog EC2::InternetGateway EC2::LaunchTemplate EC2::NatGateway EC2::Route",
  "EC2::RouteTable EC2::SecurityGroup EC2::SecurityGroupEgress EC2::SecurityGroupIngress EC2::Subnet",
  "EC2::SubnetRouteTableAssociation EC2::VPC EC2::VPCCidrBlock EC2::VPCEndpoint EC2::VPCGatewayAttachment ECR::Repository",
  "IAM::InstanceProfile IAM::ManagedPolicy IAM::Policy IAM::Role IAM::RolePolicy KMS::Alias KMS::Key S3::Bucket S3::BucketPolicy",
  "SSM::Parameter SecretsManager::Secret",
]
  .join(" ")
  .split(" ");

function isOurs(type: string): boolean {
  const [vendor = "", service = "", name] = type.split("::");
  return (
    vendor === "AWS" && (WHOLE_SERVICES.includes(service) || SINGLE_TYPES.includes(`${service}::${name}`))
  );
}

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: node extract.ts FOLDER");

const table = new Map<string, ResourceSchema>();
for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const schema = JSON.parse(readFileSync(join(folder, file), "utf8")) as PublishedSchema;
  if (schema.typeName === undefined || !isOurs(schema.typeName)) continue;
  table.set(schema.typeName, merged(tableRow(schema), table.get(schema.typeName)));
}
const lines = [...table]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([type, row]) => `  ${JSON.stringify(type)}: ${JSON.stringify(row)}`);
writeFileSync(join(import.meta.dirname, "resource-types.json"), `{\n${lines.join(",\n")}\n}\n`);

function tableRow(schema: PublishedSchema): ResourceSchema {
  const readOnly = new Set((schema.readOnlyProperties ?? []).map(pathOf));
  const createOnly = new Set((schema.createOnlyProperties ?? []).map(pathOf));
  const writable = Object.keys(schema.properties ?? {}).filter((name) => !readOnly.has(name));
  const useOf = (name: string): PropertyUse => (createOnly.has(name) ? "replace" : "update");
  return {
    properties: Object.fromEntries(writable.sort().map((name) => [name, useOf(name)])),
    required: [...(schema.required ?? [])].sort(),
    attributes: [...readOnly].sort(),
  };
}

/** Regions differ in how new their schema is: what one of them knows is known, what one of them does not ask for is optional. */
function merged(row: ResourceSchema, other: ResourceSchema = row): ResourceSchema {
  return {
    properties: { ...other.properties, ...row.properties },
    required: row.required.filter((name) => other.required.includes(name)),
    attributes: [...new Set([...row.attributes, ...other.attributes])].sort(),
  };
}

/** `/properties/Endpoint/Address` is written `Endpoint.Address` in Fn::GetAtt. */
function pathOf(pointer: string): string {
  return pointer.replace("/properties/", "").replaceAll("/", ".");
}
