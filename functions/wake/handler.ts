import { once } from "../../runtime/once.ts";
import { wakePorts } from "../../runtime/functions.ts";
import { wakeHandler } from "../../runtime/wake-handler.ts";

const ports = once(wakePorts);

/** Hands wake-ups whose delay is over to dispatch: a FIFO queue knows no delay of a single message. */
export const handler = wakeHandler(() => ports().wakeUps.now());
