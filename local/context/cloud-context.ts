import type { Datum } from "./metric.ts";

/**
 * What one service of the local cloud may know of the others: narrow ports, filled in by cloud.ts after all services
 * are made. A service reads a port when it uses it, never in its constructor.
 */
export interface CloudContext {
  readonly accountId: string;
  readonly region: string;
  /** E.g. http://127.0.0.1:4566; known once the gateway listens. */
  readonly endpoint: string;
  /** Absolute folder in which a service keeps its files, below a folder of its own name. */
  readonly dataDir: string;
  readonly clock: CloudClock;
  readonly events: EventSink;
  readonly functions: FunctionInvoker;
  readonly queues: QueuePort;
  readonly topics: TopicPort;
  readonly tasks: TaskStarter;
  readonly objects: ObjectReader;
  readonly logs: LogSink;
  readonly identity: IdentityPort;
  readonly monitoring: MonitoringPort;
  readonly services: ServicePort;
  readonly scaling: ScalingPort;
  readonly parameters: ParameterReader;
  readonly secrets: SecretReader;
  /** One line for the person at the terminal: what was refused, recorded only, or went wrong inside the cloud. */
  report(line: string): void;
}

export interface CloudClock {
  /** Milliseconds since 1970; the system's time plus what a test has moved it. */
  now(): number;
}

/** An event in EventBridge's envelope, before the bus adds what is missing (id, account, region, time). */
export interface BusEvent {
  readonly source: string;
  readonly "detail-type": string;
  readonly detail: unknown;
  readonly resources?: readonly string[];
  /** ISO 8601; the bus sets now where it is absent. */
  readonly time?: string;
}

export interface EventSink {
  /** Puts events of AWS services on the default bus. Never throws for a target's failure: delivery is the bus's. */
  put(events: readonly BusEvent[]): Promise<void>;
}

export interface FunctionInvoker {
  /**
   * Queues an asynchronous invocation (Event), with Lambda's own retries and destinations. A service that calls gives its
   * principal (e.g. "events.amazonaws.com") and the ARN it acts for: the function's resource policy must allow both.
   * @throws AwsError ResourceNotFoundException, AccessDeniedException
   */
  invokeAsync(functionArn: string, payload: unknown, caller?: ServiceCaller): Promise<void>;
}

export interface ServiceCaller {
  /** E.g. "events.amazonaws.com" */
  readonly service: string;
  /** What the policy's aws:SourceArn is compared with, e.g. the rule's ARN. */
  readonly sourceArn: string;
}

export interface QueueMessage {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, { dataType: string; stringValue: string }>>;
  readonly groupId?: string;
  readonly deduplicationId?: string;
}

export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, unknown>>;
  readonly md5OfBody: string;
}

export interface QueuePort {
  /** @throws AwsError AWS.SimpleQueueService.NonExistentQueue */
  send(queueArn: string, message: QueueMessage): Promise<void>;
  receive(
    queueArn: string,
    options: { max: number; waitMs: number; visibilityMs?: number; signal: AbortSignal },
  ): Promise<ReceivedMessage[]>;
  delete(queueArn: string, receiptHandles: readonly string[]): Promise<void>;
  changeVisibility(queueArn: string, receiptHandles: readonly string[], visibilityMs: number): Promise<void>;
  /** Queue attributes as GetQueueAttributes gives them, e.g. VisibilityTimeout, RedrivePolicy. */
  attributes(queueArn: string): Promise<Readonly<Record<string, string>>>;
}

export interface TopicPort {
  /** With a caller, the topic's policy is asked first. @throws AwsError NotFound, AuthorizationError */
  publish(
    topicArn: string,
    message: { subject?: string; body: string },
    caller?: ServiceCaller,
  ): Promise<void>;
}

export interface TaskStarter {
  /** RunTask for an EventBridge or Scheduler target; the input has RunTask's own shape. */
  runTask(input: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface ObjectReader {
  /** Whole object, for templates and function zips. @throws AwsError NoSuchKey, NoSuchBucket */
  read(bucket: string, key: string, versionId?: string): Promise<Buffer>;
}

/** SSM's Parameter Store, for templates and task definitions. The caller has asked IAM. */
export interface ParameterReader {
  /** By name, ARN or `name:version`, decrypted. @throws AwsError ParameterNotFound, ParameterVersionNotFound */
  value(reference: string): string;
  /** What IAM calls the parameter. */
  arnOf(reference: string): string;
}

/** Secrets Manager, for templates and task definitions. The caller has asked IAM. */
export interface SecretReader {
  /** @throws AwsError ResourceNotFoundException, InvalidRequestException */
  secretString(secretId: string, version?: { stage?: string; id?: string }): string;
  /** The whole ARN of a secret by its name, ARN, or ARN without its last six characters; undefined where there is none. */
  arnOf(secretId: string): string | undefined;
}

export interface LogLine {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

export interface LogSink {
  /** Appends lines; makes the group and the stream where they are missing. */
  append(group: string, stream: string, lines: readonly LogLine[]): void;
  hasGroup(group: string): boolean;
}

export interface MonitoringPort {
  /** How long a minute of scaling is: cooldowns go with it. */
  readonly scalingMinuteMs: number;
  /** Takes values of metrics, e.g. those that log lines embed. */
  add(data: readonly Datum[]): void;
  /** PutMetricAlarm, in its own shape. @throws AwsError ValidationError */
  putAlarm(input: Readonly<Record<string, unknown>>): { readonly alarmArn: string };
  deleteAlarms(names: readonly string[]): void;
}

/** The capacity of ECS services, as Application Auto Scaling sees and sets it. */
export interface ServicePort {
  /** Undefined where there is no such active service. */
  find(
    cluster: string,
    service: string,
  ): { readonly desiredCount: number; readonly isDeploying: boolean } | undefined;
  /** @throws AwsError ServiceNotFoundException */
  setDesiredCount(cluster: string, service: string, count: number): void;
}

/** What an alarm tells a scaling policy that is one of its actions. */
export interface AlarmBreach {
  readonly alarmName: string;
  readonly threshold: number;
  /** The newest value that the alarm looked at. */
  readonly value: number;
}

export interface ScalingPort {
  /** Once a minute while the alarm is in the state whose action the policy is. */
  alarmed(policyArn: string, breach: AlarmBreach): void;
}

export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** ISO 8601 */
  readonly expiration: string;
}

export interface IdentityPort {
  /** Keys that sign as the role. @throws AwsError NoSuchEntity where the role does not exist. */
  credentialsFor(roleArn: string, sessionName: string): TemporaryCredentials;
  /** The secret behind a key that the cloud handed out, to check signatures by; the operator's secrets are not known. */
  secretAccessKeyOf(accessKeyId: string): string | undefined;
  /** Whether the role's own policies let it do `action` (e.g. sqs:ReceiveMessage) on `resource`. */
  roleAllowed(
    roleArn: string,
    action: string,
    resource: string,
    conditions?: Readonly<Record<string, string>>,
  ): boolean;
  /**
   * Whether the role's trust policy lets this service (e.g. "ecs-tasks.amazonaws.com") use it; `conditions` are what the
   * service says of itself, e.g. aws:SourceArn. Undefined where there is no such role.
   */
  isTrustedBy(
    roleArn: string,
    servicePrincipal: string,
    conditions?: Readonly<Record<string, string>>,
  ): boolean | undefined;
  /**
   * Whether a service principal may do an action by a resource policy (a queue's, a topic's, a function's),
   * e.g. events.amazonaws.com sqs:SendMessage. `policy` is the resource's policy document, if it has one.
   */
  servicePrincipalAllowed(request: {
    service: string;
    action: string;
    resource: string;
    policy: unknown;
    conditions?: Readonly<Record<string, string>>;
  }): boolean;
}
