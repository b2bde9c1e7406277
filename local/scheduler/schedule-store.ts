import { join } from "node:path";
import { z } from "zod";
import type { CloudContext } from "../context/cloud-context.ts";
import { StateFile } from "../context/state-file.ts";
import { AwsError } from "../gateway/aws-error.ts";

/** The gateway has checked lengths, patterns and enumerations. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Target.html */
export const target = z.looseObject({
  Arn: z.string(),
  RoleArn: z.string(),
  Input: z.string().optional(),
  DeadLetterConfig: z.object({ Arn: z.string().optional() }).optional(),
  RetryPolicy: z
    .object({
      MaximumEventAgeInSeconds: z.coerce.number().default(86_400),
      MaximumRetryAttempts: z.coerce.number().default(185),
    })
    .default({ MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 }),
  SqsParameters: z.object({ MessageGroupId: z.string().optional() }).optional(),
  EventBridgeParameters: z.object({ DetailType: z.string(), Source: z.string() }).optional(),
  EcsParameters: z.looseObject({ TaskDefinitionArn: z.string() }).optional(),
});
export type Target = z.output<typeof target>;

export interface ScheduleRecord {
  readonly name: string;
  readonly group: string;
  readonly arn: string;
  readonly expression: string;
  readonly timeZone: string;
  readonly state: "ENABLED" | "DISABLED";
  readonly description?: string;
  readonly kmsKeyArn?: string;
  readonly flexibleWindow: Readonly<Record<string, unknown>>;
  readonly afterCompletion: "NONE" | "DELETE";
  readonly target: Target;
  readonly startAt?: number;
  readonly endAt?: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** The scheduled time that was last taken up; the next one comes after it. */
  takenUpTo: number;
}

export interface GroupRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly tags: Readonly<Record<string, string>>;
}

export const DEFAULT_GROUP = "default";

/** Schedules and their groups, kept on disk. */
export class ScheduleStore {
  readonly #context: CloudContext;
  readonly #file: StateFile<{ groups: readonly GroupRecord[]; schedules: readonly ScheduleRecord[] }>;
  readonly #groups: Map<string, GroupRecord>;
  readonly #schedules: Map<string, ScheduleRecord>;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#file = new StateFile(join(context.dataDir, "scheduler", "schedules.json"));
    const { groups, schedules } = this.#file.load({ groups: [], schedules: [] });
    this.#groups = new Map(groups.map((group) => [group.name, group]));
    this.#schedules = new Map(schedules.map((schedule) => [schedule.arn, schedule]));
    if (!this.#groups.has(DEFAULT_GROUP)) {
      this.#groups.set(DEFAULT_GROUP, this.#group(DEFAULT_GROUP, {}));
    }
  }

  groups(): GroupRecord[] {
    return [...this.#groups.values()];
  }

  schedules(): ScheduleRecord[] {
    return [...this.#schedules.values()];
  }

  /** @throws AwsError ResourceNotFoundException */
  group(name: string): GroupRecord {
    const group = this.#groups.get(name);
    if (group !== undefined) return group;
    throw new AwsError("ResourceNotFoundException", `Schedule group ${name} does not exist.`, 404);
  }

  /** @throws AwsError ResourceNotFoundException */
  schedule(name: string, group = DEFAULT_GROUP): ScheduleRecord {
    const schedule = this.find(name, group);
    if (schedule !== undefined) return schedule;
    throw new AwsError("ResourceNotFoundException", `Schedule ${name} does not exist.`, 404);
  }

  find(name: string, group = DEFAULT_GROUP): ScheduleRecord | undefined {
    return this.#schedules.get(this.arnOf(name, group));
  }

  put(schedule: ScheduleRecord): void {
    this.#schedules.set(schedule.arn, schedule);
    this.save();
  }

  remove(schedule: ScheduleRecord): void {
    this.#schedules.delete(schedule.arn);
    this.save();
  }

  /** @throws AwsError ConflictException */
  createGroup(name: string, tags: Readonly<Record<string, string>>): GroupRecord {
    if (this.#groups.has(name)) {
      throw new AwsError("ConflictException", `Schedule group ${name} already exists.`, 409);
    }
    const group = this.#group(name, tags);
    this.#groups.set(name, group);
    this.save();
    return group;
  }

  setTags(name: string, tags: Readonly<Record<string, string>>): void {
    this.#groups.set(name, { ...this.group(name), tags });
    this.save();
  }

  /** With all of its schedules, as AWS does. */
  removeGroup(name: string): void {
    for (const schedule of this.schedules())
      if (schedule.group === name) this.#schedules.delete(schedule.arn);
    this.#groups.delete(name);
    this.save();
  }

  save(): void {
    this.#file.save({ groups: this.groups(), schedules: this.schedules() });
  }

  arnOf(name: string, group: string): string {
    return `arn:aws:scheduler:${this.#context.region}:${this.#context.accountId}:schedule/${group}/${name}`;
  }

  groupArn(name: string): string {
    return `arn:aws:scheduler:${this.#context.region}:${this.#context.accountId}:schedule-group/${name}`;
  }

  #group(name: string, tags: Readonly<Record<string, string>>): GroupRecord {
    return { name, arn: this.groupArn(name), createdAt: this.#context.clock.now(), tags };
  }
}
