import type { CloudContext } from "../../context/cloud-context.ts";
import type { EventSourceMapping } from "../function-record.ts";
import type { FunctionStore } from "../function-store.ts";
import type { Invoker } from "../invoker.ts";
import { MappingPoller } from "./mapping-poller.ts";

/** The pollers of all enabled mappings. */
export class MappingPollers {
  readonly #pollers = new Map<string, MappingPoller>();
  readonly #ending = new Set<Promise<void>>();
  readonly #parts: { context: CloudContext; store: FunctionStore; invoker: Invoker };
  #started = false;

  constructor(parts: { context: CloudContext; store: FunctionStore; invoker: Invoker }) {
    this.#parts = parts;
  }

  start(): void {
    this.#started = true;
    for (const mapping of this.#parts.store.mappings) this.apply(mapping);
  }

  /** Makes polling follow a new or changed mapping. */
  apply(mapping: EventSourceMapping): void {
    this.remove(mapping.uuid);
    if (!this.#started || !mapping.enabled) return;
    const poller = new MappingPoller({ ...this.#parts, mapping });
    this.#pollers.set(mapping.uuid, poller);
    poller.start();
  }

  /** Messages that are being worked on are finished. */
  remove(uuid: string): void {
    const poller = this.#pollers.get(uuid);
    if (poller === undefined) return;
    this.#pollers.delete(uuid);
    poller.stop();
    const ended = poller.finished().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  /** Takes no further messages. */
  stop(): void {
    this.#started = false;
    for (const uuid of this.#pollers.keys()) this.remove(uuid);
  }

  async finished(): Promise<void> {
    await Promise.all(this.#ending);
  }
}
