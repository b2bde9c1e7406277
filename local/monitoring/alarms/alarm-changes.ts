import type { z } from "zod";
import type { CloudContext } from "../../context/cloud-context.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import { checked } from "../metrics/metric-shapes.ts";
import { alarmArn, checkMetricAlarm, compositeAlarmInput, metricAlarmInput, type Alarm } from "./alarm.ts";
import type { AlarmStore } from "./alarm-store.ts";
import { parseRule } from "./composite-rule.ts";

/** What makes, changes and removes alarms, for the API, for templates and for scaling. */
export class AlarmChanges {
  readonly #context: CloudContext;
  readonly #store: AlarmStore;

  constructor(context: CloudContext, store: AlarmStore) {
    this.#context = context;
    this.#store = store;
  }

  /** A changed alarm keeps its state. @throws AwsError ValidationError, InvalidParameterCombination, NotImplemented */
  putMetricAlarm(given: unknown): Alarm {
    const input = checked(metricAlarmInput, given);
    checkMetricAlarm(input);
    return this.#put({ kind: "metric", input });
  }

  /** @throws AwsError ValidationError */
  putCompositeAlarm(given: unknown): Alarm {
    const input = checked(compositeAlarmInput, given);
    parseRule(input.AlarmRule);
    return this.#put({ kind: "composite", input });
  }

  delete(names: readonly string[]): void {
    for (const name of names) this.#store.delete(name);
  }

  /** @throws AwsError ResourceNotFound */
  existing(name: string): Alarm {
    const alarm = this.#store.find(name);
    if (alarm === undefined) throw new AwsError("ResourceNotFound", `Unknown alarm: ${name}`, 404);
    return alarm;
  }

  enableActions(names: readonly string[], ActionsEnabled: boolean): void {
    for (const name of names) {
      const alarm = this.#store.find(name);
      if (alarm === undefined) continue;
      Object.assign(alarm.input, { ActionsEnabled });
      this.#store.save(alarm);
    }
  }

  #put(
    part:
      | { kind: "metric"; input: z.output<typeof metricAlarmInput> }
      | { kind: "composite"; input: z.output<typeof compositeAlarmInput> },
  ): Alarm {
    const now = this.#context.clock.now();
    const before = this.#store.find(part.input.AlarmName);
    const { state, stateReason, stateReasonData, stateUpdatedAt } = before ?? {
      state: "INSUFFICIENT_DATA",
      stateReason: "Unchecked: Initial alarm creation",
      stateReasonData: undefined,
      stateUpdatedAt: now,
    };
    const alarm: Alarm = {
      ...part,
      arn: alarmArn(this.#context, part.input.AlarmName),
      state,
      stateReason,
      ...(stateReasonData === undefined ? {} : { stateReasonData }),
      stateUpdatedAt,
      configurationUpdatedAt: now,
    };
    const what = before === undefined ? "created" : "updated";
    this.#store.save(alarm, {
      timestamp: now,
      type: "ConfigurationUpdate",
      summary: `Alarm "${part.input.AlarmName}" ${what}`,
      data: JSON.stringify({ version: "1.0", type: before === undefined ? "Create" : "Update" }),
    });
    return alarm;
  }
}
