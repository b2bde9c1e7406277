import type { Properties } from "../../cloudformation/resource-provider.ts";
import type { ParameterValues } from "../template/parameters.ts";
import type { DeletionPolicy } from "../template/template.ts";

/** A stack as it stands on disk. Times are milliseconds since 1970. */
export interface StackRecord {
  readonly stackId: string;
  readonly stackName: string;
  readonly creationTime: number;
  lastUpdatedTime?: number;
  deletionTime?: number;
  status: StackStatus;
  statusReason?: string;
  definition: StackDefinition;
  outputs: OutputRecord[];
  /** Names of the exports that the stack's values came from. */
  imports: string[];
  /** By logical id. */
  resources: Record<string, ResourceRecord>;
  /** Physical resources that were replaced or left the template and still have to be deleted. */
  cleanup: ResourceRecord[];
  /** What a failed update goes back to; there while an update has not ended well. */
  stable?: StableState;
  onFailure: OnFailure;
  terminationProtection: boolean;
  stackPolicy?: string;
  /** Oldest first. */
  events: StackEvent[];
  changeSets: Record<string, ChangeSetRecord>;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
export type StackStatus =
  | "REVIEW_IN_PROGRESS"
  | `${"CREATE" | "DELETE" | "UPDATE" | "ROLLBACK" | "UPDATE_ROLLBACK"}_${"IN_PROGRESS" | "COMPLETE" | "FAILED"}`
  | `${"UPDATE" | "UPDATE_ROLLBACK"}_COMPLETE_CLEANUP_IN_PROGRESS`;

export type ResourceStatus =
  `${"CREATE" | "UPDATE" | "DELETE"}_${"IN_PROGRESS" | "COMPLETE" | "FAILED"}` | "DELETE_SKIPPED";

export type OnFailure = "ROLLBACK" | "DELETE" | "DO_NOTHING";

/** What a caller asked a stack to be. */
export interface StackDefinition {
  readonly templateBody: string;
  readonly parameters: ParameterValues;
  /** What the parameters of type AWS::SSM::Parameter::Value stood for, by their names; a stack of an older cloud has none. */
  readonly storedParameters?: ParameterValues;
  readonly tags: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  readonly notificationArns: readonly string[];
  readonly roleArn?: string;
}

export type StableState = Pick<StackRecord, "definition" | "outputs" | "imports" | "resources" | "cleanup">;

export interface OutputRecord {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

export interface ResourceRecord {
  readonly logicalId: string;
  readonly type: string;
  /** Names that CloudFormation makes up come out of this, so that a repeated create finds what the first one made. */
  readonly nameSeed: string;
  /** Absent until the resource was created. */
  physicalId?: string;
  attributes: Readonly<Record<string, unknown>>;
  /** As last given to the provider with success, all functions worked out. */
  properties: Properties;
  /** Properties that the provider is working on, or failed to apply. */
  pending?: Properties;
  status: ResourceStatus;
  statusReason?: string;
  timestamp: number;
  /** Logical ids that it was made after, and is deleted before. */
  dependsOn: readonly string[];
  deletionPolicy: DeletionPolicy;
  updateReplacePolicy: DeletionPolicy;
  metadata?: unknown;
  /** Property paths without effect in the local cloud. */
  unsupported: readonly string[];
}

export interface StackEvent {
  readonly eventId: string;
  readonly timestamp: number;
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly properties?: Properties;
}

export interface ChangeSetRecord {
  readonly changeSetId: string;
  readonly name: string;
  readonly type: "CREATE" | "UPDATE";
  readonly description?: string;
  readonly creationTime: number;
  readonly status: "CREATE_COMPLETE" | "FAILED";
  readonly statusReason?: string;
  readonly executionStatus: "AVAILABLE" | "UNAVAILABLE";
  readonly definition: StackDefinition;
  readonly onFailure: OnFailure;
  readonly changes: readonly ResourceChange[];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html */
export interface ResourceChange {
  readonly action: "Add" | "Modify" | "Remove";
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly replacement?: "True" | "False" | "Conditional";
  readonly properties: readonly string[];
}

/** A copy that later changes do not reach; records are what their file holds, plain JSON. */
export function copyOf<T>(record: T): T {
  return JSON.parse(JSON.stringify(record)) as T;
}

export const STACK_TYPE = "AWS::CloudFormation::Stack";
