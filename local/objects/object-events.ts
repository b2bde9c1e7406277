import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { BusEvent, CloudContext } from "../context/cloud-context.ts";
import type { BucketRecord } from "./records.ts";
import { requestIdOf, type S3Request } from "./s3-request.ts";

/** How long an event waits that the bus did not take. */
const RETRY_MS = 2_000;
const BATCH = 10;

export interface ObjectChange {
  readonly bucket: BucketRecord;
  readonly key: string;
  /** Only for an object that is there. */
  readonly size?: number;
  readonly etag?: string;
  readonly versionId: string;
  /** From the index: rises with each change. */
  readonly sequence: number;
}

/**
 * Tells EventBridge what happened to objects. An event is written in the transaction of its change and removed once the
 * bus has it, so that a crash in between delays it to the next start and loses none: S3 delivers at least once.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export class ObjectEvents {
  readonly #insert: StatementSync;
  readonly #first: StatementSync;
  readonly #remove: StatementSync;
  readonly #context: CloudContext;
  #delivering: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(database: DatabaseSync, context: CloudContext) {
    this.#insert = database.prepare("INSERT INTO outbox (event) VALUES (?)");
    this.#first = database.prepare(`SELECT id, event FROM outbox ORDER BY id LIMIT ${BATCH}`);
    this.#remove = database.prepare("DELETE FROM outbox WHERE id <= ?");
    this.#context = context;
  }

  /** @param reason PutObject, CopyObject or CompleteMultipartUpload */
  created(change: ObjectChange, reason: string, request: S3Request): void {
    this.#record("Object Created", change, { reason }, request);
  }

  deleted(
    change: ObjectChange,
    deletionType: "Permanently Deleted" | "Delete Marker Created",
    request: S3Request,
  ): void {
    this.#record(
      "Object Deleted",
      change,
      { reason: "DeleteObject", "deletion-type": deletionType },
      request,
    );
  }

  /** Sends what waits, in order; called after a change was committed. Never fails: what the bus refuses is sent again. */
  deliver(): void {
    if (this.#stopped || this.#delivering !== undefined) return;
    this.#delivering = this.#drain()
      .catch((error: unknown) => {
        this.#context.report(`S3: the event bus refused an event, it is sent again: ${String(error)}`);
        this.#retry = setTimeout(() => this.deliver(), RETRY_MS).unref();
      })
      .finally(() => {
        this.#delivering = undefined;
      });
  }

  /** Ends deliveries; the rest is sent at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    await this.#delivering;
  }

  #record(
    detailType: string,
    change: ObjectChange,
    more: Readonly<Record<string, string>>,
    request: S3Request,
  ): void {
    if (!change.bucket.eventBridge) return;
    const generated = Object.entries(change.bucket.tags).filter(([name]) => name.startsWith("aws:"));
    const event: BusEvent = {
      source: "aws.s3",
      "detail-type": detailType,
      time: new Date(this.#context.clock.now()).toISOString().replace(/\.\d+Z$/, "Z"),
      resources: [`arn:aws:s3:::${change.bucket.name}`],
      detail: {
        version: "0",
        "event-version": "1.2",
        bucket: {
          name: change.bucket.name,
          ...(generated.length === 0 ? {} : { "aws-generated-tags": Object.fromEntries(generated) }),
        },
        object: {
          key: change.key,
          ...(change.size === undefined ? {} : { size: change.size }),
          ...(change.etag === undefined ? {} : { etag: change.etag }),
          ...(change.bucket.versioning === undefined ? {} : { "version-id": change.versionId }),
          sequencer: change.sequence.toString(16).padStart(16, "0"),
        },
        "request-id": requestIdOf(request.gateway),
        requester: this.#context.accountId,
        // The endpoint listens on the loopback alone.
        "source-ip-address": "127.0.0.1",
        ...more,
      },
    };
    this.#insert.run(JSON.stringify(event));
  }

  async #drain(): Promise<void> {
    for (;;) {
      const rows = this.#first.all();
      const last = rows.at(-1);
      if (last === undefined || this.#stopped) return;
      await this.#context.events.put(rows.map((row) => JSON.parse(String(row["event"])) as BusEvent));
      this.#remove.run(Number(last["id"]));
    }
  }
}
