import { randomUUID } from "node:crypto";
import type { CloudContext } from "../context/cloud-context.ts";
import { parseJsonText, stringifyJsonText } from "./patterns/json-text.ts";

/** An event on a bus: its envelope as JSON text, in which numbers are written as the sender wrote them. */
export interface EventText {
  readonly id: string;
  readonly text: string;
}

/**
 * Puts the envelope around a detail. https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 * @throws SyntaxError where the detail is not a JSON object
 */
export function eventText(
  context: CloudContext,
  event: {
    readonly id?: string;
    readonly source: string;
    readonly detailType: string;
    /** A JSON object as text. */
    readonly detail: string;
    readonly resources: readonly string[];
    /** ISO 8601; now where it is absent. */
    readonly time?: string;
  },
): EventText {
  const detail = parseJsonText(event.detail);
  if (detail.kind !== "object") throw new SyntaxError("Detail is not a JSON object");
  const id = event.id ?? randomUUID();
  const head = JSON.stringify({
    version: "0",
    id,
    "detail-type": event.detailType,
    source: event.source,
    account: context.accountId,
    time: wholeSeconds(event.time === undefined ? context.clock.now() : Date.parse(event.time)),
    region: context.region,
    resources: event.resources,
  });
  return { id, text: `${head.slice(0, -1)},"detail":${stringifyJsonText(detail)}}` };
}

/** EventBridge tells times to the second: 2026-11-22T20:00:00Z */
export function wholeSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}
