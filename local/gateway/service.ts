import type { FaultKinds, FaultSet } from "../faults/fault-set.ts";
import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { Measure } from "../context/metric.ts";
import type { ResourceProvider } from "../cloudformation/resource-provider.ts";

/** Who signed a request. The operator's keys (any key that the cloud did not hand out) may do everything. */
export type Principal =
  | { readonly kind: "operator"; readonly accessKeyId: string }
  | {
      readonly kind: "role";
      readonly roleArn: string;
      readonly sessionName: string;
      readonly accessKeyId: string;
    }
  | { readonly kind: "anonymous" };

/** A request as it reached the endpoint, its body not yet read. */
export interface GatewayRequest {
  readonly method: string;
  /** Path and query as sent, still percent-encoded. */
  readonly url: URL;
  /** The request target exactly as it stood on the request line, for those who decode it themselves (S3). */
  readonly rawTarget: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
  readonly region: string;
  /** The signing name by which the service was found, e.g. "sts". */
  readonly service: string;
  readonly principal: Principal;
  readonly requestId: string;
  /** Aborts when the client goes away or the cloud stops. */
  readonly signal: AbortSignal;
  /**
   * Asks IAM whether the principal may do `action` (e.g. `ecs:RunTask`) on `resource` (an ARN or `*`).
   * @throws AwsError AccessDenied, in AWS's words. Every handler calls this before it changes or tells anything.
   */
  authorize(
    action: string,
    resource: string,
    conditions?: Readonly<Record<string, string | readonly string[]>>,
  ): void;
  /** IAM's answer to the same question, where it only decides what the principal is told. */
  decide(
    action: string,
    resource: string,
    conditions?: Readonly<Record<string, string | readonly string[]>>,
  ): Decision;
}

/** What a caller's policies say of an action. */
export type Decision = "allowed" | "explicitly-denied" | "not-allowed";

export interface GatewayResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | Readable;
}

export interface ServiceMeasures {
  /** What stands now, such as a queue's length; asked at the end of each minute. */
  gauges?(): readonly Measure[];
  /** What was counted since it was last asked, such as a function's invocations. */
  counts?(): readonly Measure[];
}

/** @throws ZodError or AwsError that tell the caller what is wrong with its input */
export type Control = (input: unknown) => Promise<unknown>;

/**
 * One AWS service behind the endpoint. The gateway finds it by the service name in the credential scope of the
 * signature; requests without a signature go to S3, as in AWS only S3 answers those, or to whom their path belongs.
 */
export interface LocalService {
  /** Folder name; also the name under which `controls` are reached. */
  readonly name: string;
  /** Names as they stand in SigV4 credential scopes, e.g. ["ecs"]. */
  readonly signingNames: readonly string[];
  /** Requests without a signature whose path begins so are this service's too, e.g. "/v2/" of the registry protocol. */
  readonly unsignedPath?: string;
  handle(request: GatewayRequest): Promise<GatewayResponse>;
  /** The CloudFormation types that this service gives behaviour to. */
  readonly resources?: readonly ResourceProvider[];
  /**
   * What tests, the demo and the operator may do to the cloud itself, beside AWS: POST /_cloud/<service>/<control> with a JSON
   * body. E.g. {outbox: () => mails}.
   */
  readonly controls?: Readonly<Record<string, Control>>;
  /** The metrics that AWS gives of this service by itself. */
  readonly measures?: ServiceMeasures;
  /** What may be made to go wrong with it, by POST /_cloud/faults/set and `cloud.faults`. */
  readonly faults?: Pick<FaultSet<FaultKinds>, "has" | "set" | "clear" | "views">;
  /** Called after the endpoint listens, in the order of the list in cloud.ts. */
  start?(): Promise<void>;
  /** Called after a test moved the cloud's clock: what has fallen due by it is to be done now. */
  clockMoved?(): void;
  /** Called in reverse order. Must end every child process and timer. */
  stop?(): Promise<void>;
}
