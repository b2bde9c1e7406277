import { join } from "node:path";
import { z } from "zod";
import type { BusEvent, CloudContext, EventSink } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { inputCheck } from "../gateway/constraints/input-check.ts";
import { jsonProtocol } from "../gateway/json-protocol.ts";
import type { LocalService } from "../gateway/service.ts";
import { BusStore, DEFAULT_BUS, type Rule } from "./bus-store.ts";
import { Dispatcher } from "./delivery/dispatcher.ts";
import { DeliveryJournal } from "./delivery/journal.ts";
import { EventRouter } from "./event-router.ts";
import { eventText } from "./event-text.ts";
import { EventFaults } from "./faults.ts";
import { busOperations } from "./operations/buses.ts";
import { putEvents } from "./operations/put-events.ts";
import { ruleOperations } from "./operations/rules.ts";
import { targetOperations } from "./operations/targets.ts";
import { eventResources } from "./resources/index.ts";
import { Scheduler } from "./schedules/scheduler.ts";

const fireInput = z.union([z.strictObject({ ruleName: z.string() }), z.strictObject({ arn: z.string() })], {
  error: "It takes {ruleName} or {arn}.",
});

/** EventBridge's default and classic buses: rules by pattern and by schedule, targets, retries, dead letters. */
export function createEventsService(context: CloudContext): LocalService & EventSink {
  const store = new BusStore(context);
  const faults = new EventFaults(() => context.clock.now());
  const journal = new DeliveryJournal(join(context.dataDir, "events", "deliveries.jsonl"));
  const dispatcher = new Dispatcher(context, journal, (delivery) => router.forward(delivery));
  const router = new EventRouter(context, store, faults, (deliveries) => dispatcher.accept(deliveries));
  const scheduler = new Scheduler(context, store, (rule, event) => router.putScheduled(rule, event));

  return {
    name: "events",
    signingNames: ["events"],
    handle: jsonProtocol({
      version: "1.1",
      service: "EventBridge",
      check: inputCheck("events"),
      operations: {
        PutEvents: putEvents(context, store, router),
        ...ruleOperations(context, store),
        ...targetOperations(store),
        ...busOperations(store),
      },
    }),
    resources: eventResources(context, store),
    measures: { counts: () => dispatcher.takeCounts() },
    faults: faults.set,
    controls: {
      /** {ruleName} or {arn}: delivers one scheduled event now, beside the schedule. */
      "fire-schedule": async (input) => {
        const rule = scheduledRule(store, fireInput.parse(input));
        scheduler.fireNow(rule);
        return { rule: rule.arn };
      },
      /** {lose, double, delayMs, reorder, match}: see EventFaults. {} ends all. */
      faults: async (input) => faults.setAll(input),
    },
    async put(events) {
      for (const event of events) router.put(DEFAULT_BUS, eventText(context, fromService(event)));
    },
    clockMoved() {
      scheduler.tick();
    },
    async start() {
      dispatcher.start();
      scheduler.start();
    },
    async stop() {
      scheduler.stop();
      faults.stop();
      await dispatcher.stop();
    },
  };
}

function fromService(event: BusEvent) {
  return {
    source: event.source,
    detailType: event["detail-type"],
    detail: JSON.stringify(event.detail),
    resources: event.resources ?? [],
    ...(event.time === undefined ? {} : { time: event.time }),
  };
}

/** @throws AwsError where there is no such rule, or it has no schedule */
function scheduledRule(store: BusStore, input: z.output<typeof fireInput>): Rule {
  const rule = "arn" in input ? store.ruleByArn(input.arn) : store.findRule(DEFAULT_BUS, input.ruleName);
  if (rule?.scheduleExpression !== undefined) return rule;
  const name = "arn" in input ? input.arn : input.ruleName;
  throw new AwsError("ResourceNotFoundException", `There is no scheduled rule ${name}.`, 404);
}
