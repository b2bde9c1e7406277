import { z } from "zod";
import { AwsError } from "../gateway/aws-error.ts";
import type { LocalService } from "../gateway/service.ts";
import type { FaultView } from "./fault-set.ts";

/** Switches the faults of all services; each name is one of `list`. */
export interface CloudFaults {
  /** All that there are, with those that are on. */
  list(): FaultView[];
  /**
   * E.g. set("throttle", {share: 0.3, durationMs: 60_000}); in the place of what it was before.
   * @throws Error that says what is no fault or no setting
   */
  set(name: string, settings?: Readonly<Record<string, unknown>>): void;
  /** Switches one off, or all. @throws Error where there is no such fault */
  clear(name?: string): void;
}

export function cloudFaults(services: () => readonly LocalService[]): CloudFaults {
  const sets = () => services().flatMap(({ faults }) => faults ?? []);
  const list = (): FaultView[] => sets().flatMap((faults) => faults.views());
  const setOf = (name: string) => {
    const found = sets().find((faults) => faults.has(name));
    if (found !== undefined) return found;
    const names = list().map((fault) => fault.name);
    const message = `There is no fault "${name}"; there are: ${names.join(", ")}.`;
    throw new AwsError("ResourceNotFoundException", message, 404);
  };
  return {
    list,
    set: (name, settings = {}) => setOf(name).set(name, settings),
    clear(name) {
      if (name !== undefined) setOf(name).set(name, null);
      else for (const faults of sets()) faults.clear();
    },
  };
}

const setInput = z.looseObject({ name: z.string() });
const clearInput = z.strictObject({ name: z.string().optional() });

/** The faults by HTTP: POST /_cloud/faults/list, /_cloud/faults/set {name, ...settings}, /_cloud/faults/clear {name?}. */
export function faultsControl(faults: CloudFaults): LocalService {
  return {
    name: "faults",
    signingNames: [],
    handle: () => Promise.reject(new Error("the faults are no AWS service")),
    controls: {
      list: async () => faults.list(),
      set: async (input) => {
        const { name, ...settings } = setInput.parse(input);
        faults.set(name, settings);
        return faults.list();
      },
      clear: async (input) => {
        faults.clear(clearInput.parse(input).name);
        return faults.list();
      },
    },
  };
}
