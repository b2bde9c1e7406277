import type { CloudContext } from "../../context/cloud-context.ts";
import { actionsOf, isScalingPolicy, queriesOf, type Alarm } from "./alarm.ts";
import { alarmMessage, alarmSubject, stateChangeEvent, type StateChange } from "./alarm-messages.ts";
import type { AlarmStore } from "./alarm-store.ts";

/** What follows from an alarm's state: an event, messages to topics, scaling. */
export class AlarmActions {
  readonly #context: CloudContext;
  readonly #store: AlarmStore;

  constructor(context: CloudContext, store: AlarmStore) {
    this.#context = context;
    this.#store = store;
  }

  /** After a change of state, which is on disk. */
  changed(change: StateChange): void {
    const { alarm } = change;
    this.#context.events
      .put([stateChangeEvent(change)])
      .catch((error: unknown) => this.#report(alarm, error));
    if (!alarm.input.ActionsEnabled) return;
    for (const action of actionsOf(alarm, alarm.state)) {
      if (!isScalingPolicy(action)) void this.#notify(change, action);
    }
  }

  /** Scaling policies are told again every minute, as long as the state lasts. */
  scale(alarm: Alarm, value: number | undefined): void {
    if (alarm.kind !== "metric" || !alarm.input.ActionsEnabled || value === undefined) return;
    const { AlarmName: alarmName, Threshold: threshold } = alarm.input;
    for (const action of actionsOf(alarm, alarm.state).filter(isScalingPolicy))
      this.#context.scaling.alarmed(action, { alarmName, threshold, value });
  }

  async #notify(change: StateChange, action: string): Promise<void> {
    const { alarm } = change;
    try {
      if (!action.startsWith("arn:aws:sns:")) throw new Error("The local cloud has no such alarm action.");
      await this.#context.topics.publish(
        action,
        { subject: alarmSubject(this.#context, alarm), body: alarmMessage(this.#context, change) },
        { service: "cloudwatch.amazonaws.com", sourceArn: alarm.arn },
      );
      this.#remember(alarm, action, "Succeeded", `Successfully executed action ${action}`);
    } catch (error) {
      const text = `Failed to execute action ${action}. Received error: "${(error as Error).message}"`;
      this.#remember(alarm, action, "Failed", text);
      this.#context.report(`CloudWatch alarm ${alarm.input.AlarmName}: ${text}`);
    }
  }

  #remember(alarm: Alarm, actionArn: string, actionState: string, summary: string): void {
    this.#store.save(alarm, {
      timestamp: this.#context.clock.now(),
      type: "Action",
      summary,
      data: JSON.stringify({
        actionState,
        notificationResource: actionArn,
        stateUpdateTimestamp: alarm.stateUpdatedAt,
      }),
    });
  }

  #report(alarm: Alarm, error: unknown): void {
    this.#context.report(`CloudWatch: an event of ${alarm.arn} was not put: ${String(error)}`);
  }
}

/** The id of the query whose value an alarm compares. */
export function returnedId(alarm: Alarm): string {
  if (alarm.kind !== "metric") return "";
  return queriesOf(alarm.input).find(({ ReturnData }) => ReturnData)?.Id ?? "";
}
