import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { ECSClient } from "@aws-sdk/client-ecs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SNSClient } from "@aws-sdk/client-sns";
import { once } from "./once.ts";
import { TIMEOUTS } from "./shared-clients.ts";

/* SDK clients that only functions use. Marked as pure, so that a bundle leaves out those of other functions. */

export const sns = /* @__PURE__ */ once(() => new SNSClient({ requestHandler: TIMEOUTS }));
export const eventBridge = /* @__PURE__ */ once(() => new EventBridgeClient({ requestHandler: TIMEOUTS }));
export const logs = /* @__PURE__ */ once(() => new CloudWatchLogsClient({ requestHandler: TIMEOUTS }));
export const ecs = /* @__PURE__ */ once(() => new ECSClient({ requestHandler: TIMEOUTS }));
/** RunTask is repeated by dispatch, with the run's own token, never by the SDK. */
export const ecsOnce = /* @__PURE__ */ once(
  () => new ECSClient({ requestHandler: TIMEOUTS, maxAttempts: 1 }),
);
