import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  type CreateStackCommandInput,
  type Stack,
} from "@aws-sdk/client-cloudformation";
import type { CloudContext } from "#local/context/cloud-context.ts";
import { createStacksService } from "#local/stacks/service.ts";
import { startOneService } from "../support/one-service.ts";
import { fileProviders } from "./file-providers.ts";

export interface StackTest {
  readonly client: CloudFormationClient;
  readonly endpoint: string;
  readonly reported: string[];
  /** What the providers of file-providers.ts were asked to do. */
  readonly calls: string[];
  files(): string[];
  readonly folder: string;
  create(name: string, template: object, more?: Partial<CreateStackCommandInput>): Promise<Stack>;
  update(name: string, template: object, more?: Partial<CreateStackCommandInput>): Promise<Stack>;
  remove(name: string): Promise<Stack>;
  /** Waits until no operation is going on. */
  settled(nameOrId: string): Promise<Stack>;
  /** "LogicalId STATUS" of all events, oldest first. */
  events(nameOrId: string): Promise<string[]>;
  control(name: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** CloudFormation alone behind a real gateway, with resources that are files. */
export async function startStackTest(
  ports: Partial<CloudContext> = {},
  folder = mkdtempSync(join(tmpdir(), "stack-files-")),
): Promise<StackTest> {
  const log = { calls: [] as string[] };
  const test = await startOneService(
    (context) => createStacksService(context, fileProviders(folder, log)),
    ports,
  );
  const client = new CloudFormationClient(test.client);
  const settled = async (nameOrId: string): Promise<Stack> => {
    for (;;) {
      const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: nameOrId }));
      if (stack === undefined) throw new Error(`no stack ${nameOrId}`);
      if (stack.StackStatus?.endsWith("IN_PROGRESS") !== true) return stack;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return {
    client,
    endpoint: test.client.endpoint,
    reported: test.reported,
    calls: log.calls,
    folder,
    files: () => readdirSync(folder).sort(),
    async create(name, template, more = {}) {
      const { StackId } = await client.send(
        new CreateStackCommand({ StackName: name, TemplateBody: JSON.stringify(template), ...more }),
      );
      return settled(StackId ?? name);
    },
    async update(name, template, more = {}) {
      await client.send(
        new UpdateStackCommand({ StackName: name, TemplateBody: JSON.stringify(template), ...more }),
      );
      return settled(name);
    },
    async remove(name) {
      const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
      await client.send(new DeleteStackCommand({ StackName: name }));
      return settled(stack?.StackId ?? name);
    },
    settled,
    async events(nameOrId) {
      const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: nameOrId }));
      return StackEvents.map(
        ({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`,
      ).toReversed();
    },
    async control(name) {
      const response = await fetch(`${test.client.endpoint}/_cloud/stacks/${name}`, { method: "POST" });
      if (!response.ok) throw new Error(await response.text());
      return response.json();
    },
    async stop() {
      client.destroy();
      await test.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function aFile(content: unknown, more: Record<string, unknown> = {}): Record<string, unknown> {
  const { FileName, Kind, ...attributes } = more;
  return {
    Type: "Test::Disk::File",
    Properties: {
      Content: content,
      ...(FileName === undefined ? {} : { FileName }),
      ...(Kind === undefined ? {} : { Kind }),
    },
    ...attributes,
  };
}

export function aFragileFile(content: unknown, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...aFile(content, more), Type: "Test::Disk::Fragile" };
}
