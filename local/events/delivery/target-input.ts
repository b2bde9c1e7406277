import type { Target } from "../shapes.ts";
import { wholeSeconds } from "../event-text.ts";
import { type JsonText, parseJsonText, stringifyJsonText } from "../patterns/json-text.ts";
import type { Delivery } from "./delivery.ts";
import { valueAt } from "./json-path.ts";

/**
 * The text that a target gets: the event, a part of it, a constant, or what the input transformer makes of it.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function targetInput(delivery: Delivery): string {
  const { target, event } = delivery;
  if (target.Input !== undefined) return target.Input;
  if (target.InputTransformer !== undefined) return transform(delivery, target.InputTransformer);
  if (target.InputPath === undefined) return event;
  const part = valueAt(parseJsonText(event), target.InputPath);
  return part === undefined ? "{}" : stringifyJsonText(part);
}

function transform(delivery: Delivery, transformer: NonNullable<Target["InputTransformer"]>): string {
  const event = parseJsonText(delivery.event);
  const values = new Map<string, JsonText | undefined>([
    ["aws.events.rule-arn", string(delivery.ruleArn)],
    ["aws.events.rule-name", string(delivery.ruleArn.slice(delivery.ruleArn.lastIndexOf("/") + 1))],
    ["aws.events.event.ingestion-time", string(wholeSeconds(delivery.ingestedAt))],
    ["aws.events.event", withoutDetail(event)],
    ["aws.events.event.json", event],
    ...Object.entries(transformer.InputPathsMap ?? {}).map(
      ([name, path]) => [name, valueAt(event, path)] as const,
    ),
  ]);
  let inString = false;
  // Quotes are followed from the left, since a placeholder means another thing within a JSON string than outside of one.
  return transformer.InputTemplate.replace(/\\.|"|<([^<>"\s]+)>/gs, (found, name: string | undefined) => {
    if (found === '"') inString = !inString;
    if (name === undefined || !values.has(name)) return found;
    const value = values.get(name);
    return inString ? withinString(value) : value === undefined ? '""' : stringifyJsonText(value);
  });
}

/** Within quotes a text stands without its own, anything else as the text of its JSON. */
function withinString(value: JsonText | undefined): string {
  if (value === undefined) return "";
  const text = value.kind === "string" ? value.value : stringifyJsonText(value);
  return JSON.stringify(text).slice(1, -1);
}

function string(value: string): JsonText {
  return { kind: "string", value };
}

function withoutDetail(event: JsonText): JsonText {
  if (event.kind !== "object") return event;
  return { ...event, members: event.members.filter(([name]) => name !== "detail") };
}
