import { dispatchSlice } from "#flow/dispatch/dispatch-slice.ts";
import { once } from "../../runtime/once.ts";
import { dispatchPorts } from "../../runtime/functions.ts";
import { wakeHandler } from "../../runtime/wake-handler.ts";

const ports = once(dispatchPorts);

/** Launches what is due, one slice at a time; its queue has one message group. */
export const handler = wakeHandler((invocation) => dispatchSlice({ ...ports(), ...invocation }));
