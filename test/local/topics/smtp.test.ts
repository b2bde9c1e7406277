import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { SMTPServer } from "smtp-server";
import { type Cloud, startCloud } from "#local/cloud.ts";

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

let server: SMTPServer;
let cloud: Cloud;
let dataDir: string;
let received: Received[];
let reported: string[];
const refuse = { is: false };

beforeEach(async () => {
  received = [];
  reported = [];
  refuse.is = false;
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onRcptTo: (_address, _session, callback) => callback(refuse.is ? new Error("no such mailbox") : null),
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
        });
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  dataDir = mkdtempSync(join(tmpdir(), "smtp-"));
  cloud = await startCloud({
    dataDir,
    smtp: `smtp://127.0.0.1:${port}`,
    report: (line) => void reported.push(line),
  });
});
afterEach(async () => {
  await cloud.stop();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  rmSync(dataDir, { recursive: true, force: true });
});

async function publish(message: { Subject?: string; Message: string }): Promise<void> {
  const sns = new SNSClient({
    endpoint: cloud.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "operator", secretAccessKey: "operator" },
  });
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "alerts" }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "email", Endpoint: "somebody@example.com" }));
  await sns.send(new PublishCommand({ TopicArn, ...message }));
}

describe("SNS's mail with an SMTP server", () => {
  test("is sent there, and is in the outbox as well", async () => {
    await publish({ Subject: "A job has failed", Message: "Look at photo.jpg\nand at its log." });
    expect(await cloud.control("topics", "outbox")).toMatchObject([{ subject: "A job has failed" }]);

    // A stop waits for what is on its way.
    await cloud.stop();

    expect(received).toMatchObject([{ from: "no-reply@sns.amazonaws.com", to: ["somebody@example.com"] }]);
    expect(received[0]?.text).toMatch(/^Subject: A job has failed\r$/m);
    expect(received[0]?.text).toContain("Look at photo.jpg\r\nand at its log.");
  });

  test("that the server does not take is told at the terminal, and the publisher never hears of it", async () => {
    refuse.is = true;

    await publish({ Message: "hello" });
    await cloud.stop();

    expect(received).toEqual([]);
    expect(reported).toContainEqual(
      expect.stringMatching(/^SMTP: no mail to somebody@example\.com: .*no such mailbox/),
    );
    expect(reported.join("\n")).not.toContain("undefined");
  });
});
