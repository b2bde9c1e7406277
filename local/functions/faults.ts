import { z } from "zod";
import { FaultSet, faultKind } from "../faults/fault-set.ts";

const kinds = {
  lambdaCrash: faultKind("A function's process dies at an AWS call, or at an invocation.", {
    functionName: z.string().optional(),
    /** From 1, counted anew in each invocation; of one service where that is given. */
    atCall: z.int().min(1).optional(),
    when: z.enum(["before", "after"]).default("before"),
    /** As in signatures, e.g. "dynamodb". */
    service: z.string().optional(),
    /** From 1, counted since the fault was switched on. */
    atInvocation: z.int().min(1).optional(),
  }),
};

/** The AWS calls that an invocation has made so far, by service. */
export type CallCounts = ReadonlyMap<string, number>;

/** What may go wrong with Lambda. */
export class FunctionFaults {
  readonly set: FaultSet<typeof kinds>;
  /** Invocations since a crash was switched on, by its settings and the function. */
  readonly #invocations = new WeakMap<object, Map<string, number>>();

  constructor(now: () => number) {
    this.set = new FaultSet(now, kinds);
  }

  /** Whether the process of this invocation dies before it gets it. Counts the invocation. */
  strikesInvocation(functionName: string): boolean {
    const fault = this.set.strike("lambdaCrash", (settings) => {
      const { atCall, atInvocation = 1 } = settings;
      if (!isOf(settings, functionName) || atCall !== undefined) return false;
      return this.#count(settings, functionName) === atInvocation;
    });
    return fault !== undefined;
  }

  /** Whether the process dies at this call, of which `counts` tells the latest of its service. */
  strikesCall(
    call: { functionName: string; service: string; counts: CallCounts },
    moment: "before" | "after",
  ): boolean {
    const { functionName, service, counts } = call;
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const fault = this.set.strike("lambdaCrash", (settings) => {
      if (!isOf(settings, functionName) || settings.when !== moment) return false;
      const isConcerned = settings.service === undefined || settings.service === service;
      const number = settings.service === undefined ? total : counts.get(service);
      return isConcerned && settings.atCall === number;
    });
    return fault !== undefined;
  }

  #count(settings: object, functionName: string): number {
    const counts = this.#invocations.get(settings) ?? new Map<string, number>();
    this.#invocations.set(settings, counts);
    const count = (counts.get(functionName) ?? 0) + 1;
    counts.set(functionName, count);
    return count;
  }
}

function isOf(settings: { functionName?: string | undefined }, functionName: string): boolean {
  return settings.functionName === undefined || settings.functionName === functionName;
}
