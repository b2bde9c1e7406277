import { join } from "node:path";
import type { CloudContext } from "../../context/cloud-context.ts";
import { StateFile } from "../../context/state-file.ts";
import type { Alarm } from "./alarm.ts";

const keptItems = 100;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_AlarmHistoryItem.html */
export interface HistoryItem {
  readonly alarmName: string;
  readonly alarmType: "MetricAlarm" | "CompositeAlarm";
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly type: "ConfigurationUpdate" | "StateUpdate" | "Action";
  readonly summary: string;
  /** JSON. */
  readonly data: string;
}

interface State {
  readonly alarms: Alarm[];
  readonly history: Readonly<Record<string, readonly HistoryItem[]>>;
}

/** The alarms of the account with their last hundred changes each, on disk. */
export class AlarmStore {
  readonly #file: StateFile<State>;
  readonly #alarms: Map<string, Alarm>;
  readonly #history: Map<string, readonly HistoryItem[]>;

  constructor(context: CloudContext) {
    this.#file = new StateFile(join(context.dataDir, "monitoring", "alarms.json"));
    const { alarms, history } = this.#file.load({ alarms: [], history: {} });
    this.#alarms = new Map(alarms.map((alarm) => [alarm.input.AlarmName, alarm]));
    this.#history = new Map(Object.entries(history));
  }

  /** In order of their names. */
  all(): Alarm[] {
    return [...this.#alarms.values()].toSorted((a, b) => (a.input.AlarmName < b.input.AlarmName ? -1 : 1));
  }

  /** By name or ARN. */
  find(nameOrArn: string): Alarm | undefined {
    return this.#alarms.get(nameOrArn) ?? this.all().find(({ arn }) => arn === nameOrArn);
  }

  /** Keeps the alarm as it is now, with what happened to it. */
  save(alarm: Alarm, item?: Omit<HistoryItem, "alarmName" | "alarmType">): void {
    const alarmName = alarm.input.AlarmName;
    this.#alarms.set(alarmName, alarm);
    if (item !== undefined) {
      const alarmType = alarm.kind === "metric" ? "MetricAlarm" : "CompositeAlarm";
      const items = [{ alarmName, alarmType, ...item } as const, ...this.history(alarmName)];
      this.#history.set(alarmName, items.slice(0, keptItems));
    }
    this.#save();
  }

  delete(name: string): void {
    this.#alarms.delete(name);
    this.#save();
  }

  /** Newest first; kept after the alarm is deleted, as in AWS. */
  history(name: string): readonly HistoryItem[] {
    return this.#history.get(name) ?? [];
  }

  historyOfAll(): HistoryItem[] {
    return [...this.#history.values()].flat().toSorted((a, b) => b.timestamp - a.timestamp);
  }

  #save(): void {
    this.#file.save({ alarms: [...this.#alarms.values()], history: Object.fromEntries(this.#history) });
  }
}
