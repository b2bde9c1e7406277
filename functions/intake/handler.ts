import { recordTrigger } from "#flow/record-trigger.ts";
import { once } from "../../runtime/once.ts";
import { intakePorts } from "../../runtime/functions.ts";
import { queueHandler } from "../../runtime/queue-handler.ts";

const ports = once(intakePorts);

/** Records a job for each upload, tick or request; what cannot be recorded goes back to the queue, one by one. */
export const handler = queueHandler({
  each: (message) => recordTrigger(message, ports()),
  after: async (recorded) => {
    if (recorded.some(({ wake }) => wake)) await ports().wakeUps.now();
  },
});
