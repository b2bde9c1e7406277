import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from "@aws-sdk/client-eventbridge";
import { lastAttempt, type Job, type MessageTrigger } from "#core/jobs/job.ts";
import { keyNamedBy } from "#core/jobs/message-transitions.ts";
import type { Announcement, Announcements } from "#core/ports/messaging.ts";
import type { Run } from "#core/runs/run.ts";

/** PutEvents takes at most this many entries. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const ENTRIES_PER_CALL = 10;
const TRIES = 3;
export const EVENT_SOURCE = "slipway";

/** Puts domain events on the application's bus. A 200 with FailedEntryCount is not a success: what failed is put again. */
export class EventBridgeAnnouncements implements Announcements {
  readonly #client: EventBridgeClient;
  readonly #busName: string;

  constructor(options: { client: EventBridgeClient; busName: string }) {
    this.#client = options.client;
    this.#busName = options.busName;
  }

  async publish(announcements: readonly Announcement[]): Promise<void> {
    const entries = announcements.map((announcement) => this.#entryOf(announcement));
    for (let start = 0; start < entries.length; start += ENTRIES_PER_CALL) {
      await this.#put(entries.slice(start, start + ENTRIES_PER_CALL));
    }
  }

  async #put(entries: readonly PutEventsRequestEntry[]): Promise<void> {
    let left = entries;
    let lastError = "";
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const { Entries = [] } = await this.#client.send(new PutEventsCommand({ Entries: [...left] }));
      left = left.filter((_, index) => Entries[index]?.ErrorCode !== undefined);
      if (left.length === 0) return;
      lastError = Entries.find(({ ErrorCode }) => ErrorCode !== undefined)?.ErrorMessage ?? "";
    }
    throw new Error(`EventBridge did not take ${left.length} events in ${TRIES} tries: ${lastError}`);
  }

  #entryOf(announcement: Announcement): PutEventsRequestEntry {
    return {
      EventBusName: this.#busName,
      Source: EVENT_SOURCE,
      DetailType: announcement.type,
      Detail: JSON.stringify(detailOf(announcement)),
    };
  }
}

function detailOf(announcement: Announcement): object {
  switch (announcement.type) {
    case "Run Stopped":
      return runDetail(announcement.run);
    case "Pipeline Paused":
      return announcement.pause;
    case "Trouble Noticed":
      return announcement.trouble;
    default:
      return jobDetail(announcement.job);
  }
}

function jobDetail(job: Job): Record<string, unknown> {
  const attempt = lastAttempt(job);
  const { source } = job;
  return {
    jobId: job.jobId,
    pipeline: job.pipeline,
    state: job.state,
    source:
      source.type === "upload"
        ? {
            type: source.type,
            bucket: source.bucket,
            key: source.key,
            versionId: source.versionId,
            sequencer: source.sequencer,
          }
        : { type: source.type, ...(source.type === "queue" ? messageDetail(source) : {}) },
    attempts: job.attempts.length,
    createdAt: job.createdAt,
    endedAt: job.endedAt,
    runId: attempt?.runId,
    taskArn: attempt?.taskArn,
    failure: job.failure,
    supersededBy: job.supersededBy,
  };
}

/** What a message asks for may be long; the object that it names may not. */
function messageDetail(source: MessageTrigger): Record<string, unknown> {
  return { messageId: source.messageId, key: keyNamedBy(source) };
}

function runDetail(run: Run): Record<string, unknown> {
  return {
    runId: run.runId,
    pipeline: run.pipeline,
    state: run.state,
    jobs: run.manifest.length,
    taskArn: run.taskArn,
    class: run.verdict?.class ?? "unknown",
    reason: run.verdict?.reason ?? "",
    advice: run.verdict?.advice,
    stoppedAt: run.stoppedAt,
    exitCode: run.exitCode,
    costUsd: run.costUsd,
  };
}
