import {
  EventBridgeClient,
  PutRuleCommand,
  type PutRuleCommandInput,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { createEventsService } from "#local/events/service.ts";
import { type ServiceUnderTest, startOneService } from "../../support/one-service.ts";
import { Neighbours, OPEN } from "./neighbours.ts";

/** EventBridge behind a real gateway, its neighbours in memory, a client, and a queue that anybody may send to. */
export interface BusUnderTest {
  readonly neighbours: Neighbours;
  readonly cloud: ServiceUnderTest<ReturnType<typeof createEventsService>>;
  readonly events: EventBridgeClient;
  /** Its ARN. */
  readonly queue: string;
  stop(): Promise<void>;
}

/** @param rule sends into the queue from the start */
export async function startBus(rule?: PutRuleCommandInput): Promise<BusUnderTest> {
  const neighbours = new Neighbours();
  const queue = neighbours.addQueue("queue", OPEN);
  const cloud = await startOneService(createEventsService, neighbours.ports());
  const events = new EventBridgeClient(cloud.client);
  if (rule !== undefined) {
    await events.send(new PutRuleCommand(rule));
    await events.send(new PutTargetsCommand({ Rule: rule.Name, Targets: [{ Id: "q", Arn: queue }] }));
  }
  return {
    neighbours,
    cloud,
    events,
    queue,
    async stop() {
      events.destroy();
      await cloud.stop();
    },
  };
}
