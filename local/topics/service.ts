import type { CloudContext, TopicPort } from "../context/cloud-context.ts";
import { MeasureCounter } from "../context/metric.ts";
import { readBody } from "../gateway/body.ts";
import type { GatewayRequest, GatewayResponse, LocalService } from "../gateway/service.ts";
import { Confirmations } from "./confirmations.ts";
import { Mailer } from "./mailer.ts";
import { Outbox } from "./outbox.ts";
import { createCaller, createTopicPort } from "./publisher.ts";
import { topicResources } from "./resources.ts";
import { TopicStore } from "./topic-store.ts";

export interface TopicsService extends LocalService {
  readonly port: TopicPort;
}

/** SNS. With the URL of an SMTP server its mails are sent there too. */
export function createTopicsService(context: CloudContext, smtp?: string): TopicsService {
  const store = new TopicStore(context);
  const mailer = smtp === undefined ? undefined : new Mailer(smtp, (line) => context.report(line));
  const outbox = new Outbox(context, (mail) => mailer?.send(mail));
  const counter = new MeasureCounter();
  const confirmations = new Confirmations(context, store);
  const call = createCaller(context, store, outbox, counter);

  async function handle(request: GatewayRequest): Promise<GatewayResponse> {
    const form = new URLSearchParams((await readBody(request.body)).toString("utf8"));
    const action = form.get("Action") ?? "";
    request.authorize(`sns:${action === "PublishBatch" ? "Publish" : action}`, resourceOf(context, form));
    const answer = await call(form);
    if (answer.status === 200 && !/^(Get|List|Publish)/.test(action)) store.save();
    // As in AWS, the answer to Subscribe says pending; the confirmation follows it.
    if (action === "Subscribe") confirmations.confirmPending();
    return { status: answer.status, headers: { "content-type": "text/xml" }, body: answer.body };
  }

  return {
    name: "topics",
    signingNames: ["sns"],
    port: createTopicPort(context, store, call),
    handle,
    resources: topicResources(store, confirmations),
    measures: { counts: () => counter.take() },
    stop: async () => mailer?.stop(),
    controls: {
      outbox: async () => outbox.list(),
      "clear-outbox": async () => outbox.clear(),
      confirm: async (input) => confirmations.set(input),
    },
  };
}

function resourceOf(context: CloudContext, form: URLSearchParams): string {
  const subscription = form.get("SubscriptionArn");
  const name = form.get("Name");
  return (
    form.get("TopicArn") ??
    form.get("ResourceArn") ??
    subscription?.slice(0, subscription.lastIndexOf(":")) ??
    (name === null ? "*" : `arn:aws:sns:${context.region}:${context.accountId}:${name}`)
  );
}
