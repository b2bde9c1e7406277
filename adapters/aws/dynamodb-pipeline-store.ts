import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand, UpdateCommand, type UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import type { Watch } from "#core/notices/silence.ts";
import type { KnownPipelines } from "#core/pipelines/removed-pipelines.ts";
import type { Experience } from "#core/planning/experience.ts";
import type { LaunchHolds } from "#core/planning/launch-holds.ts";
import type { SaveResult } from "#core/ports/job-store.ts";
import type { UploadsState } from "#core/pipelines/where-uploads-lie.ts";
import type { DayTally, PipelineState, PipelineStore, SweepPosition } from "#core/ports/pipeline-store.ts";
import { getItem, getItems, type ItemKey, putRevision, type Table, withoutKeys } from "./dynamodb-items.ts";

export class DynamoDbPipelineStore implements PipelineStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async readPipeline(pipeline: string): Promise<PipelineState | undefined> {
    const item = await getItem(this.#table, keyOf(pipeline));
    return item === undefined ? undefined : withoutKeys<PipelineState>(item);
  }

  async readPipelines(pipelines: readonly string[]): Promise<ReadonlyMap<string, PipelineState>> {
    const items = await getItems(this.#table, pipelines.map(keyOf));
    const states = items.map((item) => withoutKeys<PipelineState>(item));
    return new Map(states.map((state) => [state.pipeline, state]));
  }

  async introducePipeline(state: PipelineState): Promise<void> {
    try {
      await this.#table.client.send(
        new PutCommand({
          TableName: this.#table.tableName,
          Item: { ...state, ...keyOf(state.pipeline) },
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      if (state.pending === true) await this.#introduceAnew(state);
    }
  }

  async #introduceAnew({ pipeline, since, uploads }: PipelineState): Promise<void> {
    await this.#updateState(pipeline, {
      UpdateExpression: "SET #since = :since, #uploads = :uploads",
      ConditionExpression: "pending = :true",
      ExpressionAttributeNames: { "#since": "since", "#uploads": "uploads" },
      ExpressionAttributeValues: { ":since": since, ":uploads": uploads, ":true": true },
    });
  }

  async moveUploads(before: PipelineState, after: UploadsState): Promise<boolean> {
    const { since, uploads } = before;
    const set = UPLOADS.filter((name) => after[name] !== undefined);
    const removed = UPLOADS.filter((name) => after[name] === undefined);
    return this.#updateState(before.pipeline, {
      UpdateExpression: [
        `SET ${set.map((name) => `#${name} = :${name}`).join(", ")}`,
        ...(removed.length === 0 ? [] : [`REMOVE ${removed.map((name) => `#${name}`).join(", ")}`]),
      ].join(" "),
      ConditionExpression: `#since = :sinceBefore AND ${uploads === undefined ? "attribute_not_exists(#uploads)" : "#uploads.#prefix = :prefixBefore"}`,
      ExpressionAttributeNames: {
        ...Object.fromEntries(UPLOADS.map((name) => [`#${name}`, name])),
        ...(uploads === undefined ? {} : { "#prefix": "prefix" }),
      },
      ExpressionAttributeValues: {
        ...Object.fromEntries(set.map((name) => [`:${name}`, after[name]])),
        ":sinceBefore": since,
        ...(uploads === undefined ? {} : { ":prefixBefore": uploads.prefix }),
      },
    });
  }

  async setPaused(pipeline: string, paused: boolean): Promise<void> {
    await this.#table.client.send(
      new UpdateCommand({
        TableName: this.#table.tableName,
        Key: { ...keyOf(pipeline) },
        UpdateExpression: paused ? "SET paused = :paused" : "SET paused = :paused REMOVE tally",
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: { ":paused": paused },
      }),
    );
  }

  async noteLooked(pipeline: string, until: string): Promise<void> {
    await this.#noteTime(pipeline, "lookedUntil", until);
  }

  async noteLaunch(pipeline: string, at: string): Promise<void> {
    await this.#noteTime(pipeline, "lastLaunchAt", at);
  }

  async addToTally(pipeline: string, more: DayTally): Promise<void> {
    if (await this.#addToDay(pipeline, more)) return;
    const isBegun = await this.#updateState(pipeline, {
      UpdateExpression: "SET tally = :tally",
      ConditionExpression: "attribute_exists(pk) AND (attribute_not_exists(tally) OR tally.#day < :day)",
      ExpressionAttributeNames: { "#day": "day" },
      ExpressionAttributeValues: { ":tally": more, ":day": more.day },
    });
    // Another has begun the day meanwhile; or a later one, of which this is no part.
    if (!isBegun) await this.#addToDay(pipeline, more);
  }

  async #addToDay(pipeline: string, { day, runs, usd }: DayTally): Promise<boolean> {
    return this.#updateState(pipeline, {
      UpdateExpression: "SET tally.runs = tally.runs + :runs, tally.usd = tally.usd + :usd",
      ConditionExpression: "tally.#day = :day",
      ExpressionAttributeNames: { "#day": "day" },
      ExpressionAttributeValues: { ":day": day, ":runs": runs, ":usd": usd },
    });
  }

  async #noteTime(pipeline: string, attribute: "lookedUntil" | "lastLaunchAt", time: string): Promise<void> {
    await this.#updateState(pipeline, {
      UpdateExpression: `SET ${attribute} = :time`,
      ConditionExpression: "attribute_exists(pk)",
      ExpressionAttributeValues: { ":time": time },
    });
  }

  /** @returns whether the condition held */
  async #updateState(
    pipeline: string,
    update: Omit<UpdateCommandInput, "TableName" | "Key">,
  ): Promise<boolean> {
    const { client, tableName } = this.#table;
    try {
      await client.send(new UpdateCommand({ TableName: tableName, Key: { ...keyOf(pipeline) }, ...update }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async readExperience(pipeline: string): Promise<Experience | undefined> {
    return this.#glance<Experience>(experienceKey(pipeline));
  }

  async saveExperience(experience: Experience): Promise<void> {
    await putRevision(this.#table, experienceKey(experience.pipeline), experience, {});
  }

  async readWatches(pipelines: readonly string[]): Promise<ReadonlyMap<string, Watch>> {
    const items = await getItems(this.#table, pipelines.map(watchKey));
    const watches = items.map((item) => withoutKeys<Watch>(item));
    return new Map(watches.map((watch) => [watch.pipeline, watch]));
  }

  async saveWatch(watch: Watch): Promise<void> {
    await this.#put({ ...watch, ...watchKey(watch.pipeline) });
  }

  async readSweepPosition(): Promise<SweepPosition> {
    return (await this.#glance<SweepPosition>(SWEEP)) ?? { flights: "", tasks: "", notices: "" };
  }

  async saveSweepPosition(position: SweepPosition): Promise<void> {
    await this.#put({ ...position, ...SWEEP });
  }

  async readKnownPipelines(): Promise<KnownPipelines> {
    const item = (await this.#glance<Record<string, string>>(KNOWN_PIPELINES)) ?? {};
    return Object.fromEntries(
      Object.entries(item).map(([name, since]) => [name.slice(KNOWN_PIPELINE.length), since]),
    );
  }

  /** An attribute for each, so that two writers take nothing from each other. */
  async noteKnownPipelines(news: KnownPipelines): Promise<void> {
    const entries = Object.entries(news);
    if (entries.length === 0) return;
    const { client, tableName } = this.#table;
    await client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { ...KNOWN_PIPELINES },
        UpdateExpression: `SET ${entries.map((_, index) => `#name${index} = :since${index}`).join(", ")}`,
        ExpressionAttributeNames: Object.fromEntries(
          entries.map(([name], index) => [`#name${index}`, `${KNOWN_PIPELINE}${name}`]),
        ),
        ExpressionAttributeValues: Object.fromEntries(
          entries.map(([, since], index) => [`:since${index}`, since]),
        ),
      }),
    );
  }

  async readHolds(): Promise<LaunchHolds | undefined> {
    const item = await getItem(this.#table, HOLDS);
    return item === undefined ? undefined : withoutKeys<LaunchHolds>(item);
  }

  async saveHolds(holds: LaunchHolds): Promise<SaveResult<LaunchHolds>> {
    return putRevision(this.#table, HOLDS, holds, {});
  }

  /** Not consistent, at half the price. */
  async #glance<T>(key: ItemKey): Promise<T | undefined> {
    const { client, tableName } = this.#table;
    const { Item } = await client.send(new GetCommand({ TableName: tableName, Key: { ...key } }));
    return Item === undefined ? undefined : withoutKeys<T>(Item);
  }

  async #put(item: ItemKey): Promise<void> {
    const { client, tableName } = this.#table;
    await client.send(new PutCommand({ TableName: tableName, Item: { ...item } }));
  }
}

/** What a deploy decides of a state. */
const UPLOADS = [
  "since",
  "uploads",
  "earlier",
  "lookedUntil",
  "pending",
] as const satisfies readonly (keyof UploadsState)[];

const SWEEP: ItemKey = { pk: "SWEEP", sk: "SWEEP" };

const KNOWN_PIPELINES: ItemKey = { pk: "SWEEP", sk: "PIPELINES" };
/** A pipeline may be named like a key of the table. */
const KNOWN_PIPELINE = "PIPELINE#";

/** One for all pipelines: they share the account and its subnets. */
const HOLDS: ItemKey = { pk: "HOLDS", sk: "HOLDS" };

function watchKey(pipeline: string): ItemKey {
  return { ...keyOf(pipeline), sk: "WATCH" };
}

function experienceKey(pipeline: string): ItemKey {
  return { ...keyOf(pipeline), sk: "EXPERIENCE" };
}

function keyOf(pipeline: string): ItemKey {
  return { pk: `PIPELINE#${pipeline}`, sk: "STATE" };
}
