import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { CloudContext, LogLine } from "../context/cloud-context.ts";
import { StateFile } from "../context/state-file.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { fileNameOf, LogStream } from "./log-stream.ts";

export interface GroupSettings {
  readonly name: string;
  readonly createdAt: number;
  retentionInDays?: number;
  kmsKeyId?: string;
  tags: Record<string, string>;
}

export interface LogGroup {
  readonly settings: GroupSettings;
  readonly streams: Map<string, LogStream>;
}

const DAY_MS = 86_400_000;
const GROUP_FILE = "group.json";
const STREAM_SUFFIX = ".jsonl";

/** Log groups on disk: a folder for each, in it its settings and one file for each stream. */
export class LogStore {
  readonly #context: CloudContext;
  readonly #root: string;
  readonly #groups = new Map<string, LogGroup>();

  constructor(context: CloudContext) {
    this.#context = context;
    this.#root = join(context.dataDir, "logs", "groups");
    mkdirSync(this.#root, { recursive: true });
    for (const folder of readdirSync(this.#root)) this.#load(join(this.#root, folder));
  }

  groups(): LogGroup[] {
    return [...this.#groups.values()];
  }

  arn(group: string): string {
    return `arn:aws:logs:${this.#context.region}:${this.#context.accountId}:log-group:${group}`;
  }

  find(group: string): LogGroup | undefined {
    return this.#groups.get(group);
  }

  /** @throws AwsError ResourceNotFoundException */
  group(name: string): LogGroup {
    const group = this.#groups.get(name);
    if (group === undefined)
      throw new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
    return group;
  }

  /** @throws AwsError ResourceNotFoundException */
  stream(group: string, name: string): LogStream {
    const stream = this.group(group).streams.get(name);
    if (stream === undefined)
      throw new AwsError("ResourceNotFoundException", "The specified log stream does not exist.");
    return stream;
  }

  /** @throws AwsError ResourceAlreadyExistsException */
  createGroup(
    name: string,
    options: { kmsKeyId?: string | undefined; tags?: Record<string, string> | undefined } = {},
  ): LogGroup {
    if (this.#groups.has(name)) {
      throw new AwsError("ResourceAlreadyExistsException", "The specified log group already exists");
    }
    const settings: GroupSettings = {
      name,
      createdAt: this.#context.clock.now(),
      tags: options.tags ?? {},
      ...(options.kmsKeyId === undefined ? {} : { kmsKeyId: options.kmsKeyId }),
    };
    const group = { settings, streams: new Map<string, LogStream>() };
    this.#groups.set(name, group);
    this.save(group);
    return group;
  }

  save({ settings }: LogGroup): void {
    new StateFile<GroupSettings>(join(this.#folder(settings.name), GROUP_FILE)).save(settings);
  }

  deleteGroup(name: string): void {
    this.group(name);
    this.#groups.delete(name);
    rmSync(this.#folder(name), { recursive: true, force: true });
  }

  /** @throws AwsError ResourceNotFoundException, ResourceAlreadyExistsException */
  createStream(group: string, name: string): LogStream {
    const { streams } = this.group(group);
    if (streams.has(name))
      throw new AwsError("ResourceAlreadyExistsException", "The specified log stream already exists");
    const path = join(this.#folder(group), fileNameOf(name) + STREAM_SUFFIX);
    const stream = LogStream.create(path, name, this.#context.clock.now());
    streams.set(name, stream);
    return stream;
  }

  deleteStream(group: string, name: string): void {
    this.stream(group, name).delete();
    this.group(group).streams.delete(name);
  }

  /** Appends in the name of a service; the group and the stream are made where they are missing. */
  append(group: string, stream: string, lines: readonly LogLine[]): void {
    if (!this.#groups.has(group)) this.createGroup(group);
    const found = this.group(group).streams.get(stream) ?? this.createStream(group, stream);
    const ingestionTime = this.#context.clock.now();
    found.append(lines.map(({ timestamp, message }) => ({ timestamp, ingestionTime, message })));
  }

  /** The time before which a group keeps nothing. */
  keptSince({ settings }: LogGroup): number {
    return settings.retentionInDays === undefined
      ? 0
      : this.#context.clock.now() - settings.retentionInDays * DAY_MS;
  }

  /** Deletes from disk what retention has ended for. */
  expire(): void {
    for (const group of this.#groups.values()) {
      const since = this.keptSince(group);
      for (const stream of group.streams.values()) stream.forgetBefore(since);
    }
  }

  #folder(group: string): string {
    return join(this.#root, fileNameOf(group));
  }

  /** A folder without settings is a group whose making or deletion was cut short. */
  #load(folder: string): void {
    const settings = new StateFile<GroupSettings | undefined>(join(folder, GROUP_FILE)).load(undefined);
    if (settings === undefined) return;
    const streams = readdirSync(folder)
      .filter((file) => file.endsWith(STREAM_SUFFIX))
      .map((file) => LogStream.open(join(folder, file)));
    this.#groups.set(settings.name, {
      settings,
      streams: new Map(streams.map((stream) => [stream.facts.name, stream])),
    });
  }
}
