import { createServer, type Server } from "node:http";
import { SNSClient } from "@aws-sdk/client-sns";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { unconfirmedAddresses } from "../../../infrastructure/plugin/unconfirmed-addresses.ts";

/** What SNS answers for a topic: one address that has confirmed, one that has not, and a queue. */
const SUBSCRIPTIONS = `
<ListSubscriptionsByTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
  <ListSubscriptionsByTopicResult><Subscriptions>
    <member><SubscriptionArn>arn:aws:sns:us-east-1:111122223333:t:1</SubscriptionArn><Protocol>email</Protocol><Endpoint>confirmed@example.com</Endpoint></member>
    <member><SubscriptionArn>PendingConfirmation</SubscriptionArn><Protocol>email</Protocol><Endpoint>waiting@example.com</Endpoint></member>
    <member><SubscriptionArn>PendingConfirmation</SubscriptionArn><Protocol>https</Protocol><Endpoint>https://example.com</Endpoint></member>
  </Subscriptions></ListSubscriptionsByTopicResult>
</ListSubscriptionsByTopicResponse>`;

let server: Server;
const before = { ...process.env };

beforeEach(async () => {
  server = createServer((_request, response) => response.end(SUBSCRIPTIONS));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: "any",
    AWS_SECRET_ACCESS_KEY: "any",
  });
});

afterEach(async () => {
  process.env = before;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it("tells the mail addresses of a topic that have not confirmed", async () => {
  const client = new SNSClient({ region: "us-east-1" });
  const waiting = await unconfirmedAddresses("arn:aws:sns:us-east-1:111122223333:t", client);

  expect(waiting).toEqual(["waiting@example.com"]);
});
