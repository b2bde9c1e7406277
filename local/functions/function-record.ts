/** What Lambda keeps of a function: the state on disk, versions and permissions included. */

/** One version's code and settings; of a published version they never change. */
export interface FunctionConfiguration {
  readonly name: string;
  /** "$LATEST" or a number. */
  readonly version: string;
  readonly description: string;
  readonly runtime: Runtime;
  readonly handler: string;
  readonly role: string;
  readonly memorySizeMb: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly architectures: readonly string[];
  readonly logging: {
    readonly format: "Text" | "JSON";
    readonly group: string;
    readonly applicationLevel?: string;
    readonly systemLevel?: string;
  };
  readonly tracingMode: "Active" | "PassThrough";
  readonly ephemeralStorageMb: number;
  readonly deadLetterArn?: string;
  /** SHA-256 of the zip in base64, as CodeSha256. */
  readonly codeSha256: string;
  readonly codeSize: number;
  /** ISO 8601 */
  readonly lastModified: string;
  /** Changes with each change of code or settings. */
  readonly revisionId: string;
}

export const RUNTIMES = ["nodejs22.x", "nodejs24.x"] as const;
export type Runtime = (typeof RUNTIMES)[number];

export interface Alias {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly revisionId: string;
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal: string | Readonly<Record<string, string>>;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** How asynchronous invocations are retried and where their outcome goes. */
export interface EventInvokeConfig {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  readonly onSuccess?: string;
  readonly onFailure?: string;
  readonly lastModified: string;
}

export interface FunctionRecord {
  readonly latest: FunctionConfiguration;
  readonly versions: readonly FunctionConfiguration[];
  readonly aliases: Readonly<Record<string, Alias>>;
  /** By qualifier; "$LATEST" stands for the unqualified function. */
  readonly statements: Readonly<Record<string, readonly PolicyStatement[]>>;
  readonly eventInvokeConfigs: Readonly<Record<string, EventInvokeConfig>>;
  readonly reservedConcurrency?: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface EventSourceMapping {
  readonly uuid: string;
  readonly queueArn: string;
  /** ARN of the function, version or alias, as given. */
  readonly functionArn: string;
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  readonly reportsItemFailures: boolean;
  readonly maximumConcurrency?: number;
  readonly enabled: boolean;
  readonly lastModified: string;
}
