import { trackMessage } from "#flow/track-task.ts";
import { once } from "../../runtime/once.ts";
import { trackPorts } from "../../runtime/functions.ts";
import { queueHandler } from "../../runtime/queue-handler.ts";

const ports = once(trackPorts);

/** Follows the tasks: orders what ECS says, classifies stops, settles jobs and publishes their ends. */
export const handler = queueHandler({ each: (message) => trackMessage(message, ports()) });
