import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Template {
  readonly Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}

interface PackagedState {
  readonly service: { readonly provider: { readonly compiledCloudFormationTemplate: Template } };
}

/**
 * Has the framework update the stack without a change set: by one, moto (5.2) makes the resources and forgets the outputs.
 * @param serverlessYml of a copy of the service
 */
export function deployDirectly(serverlessYml: string): void {
  const text = readFileSync(serverlessYml, "utf8");
  writeFileSync(
    serverlessYml,
    text.replace("\n  name: aws\n", "\n  name: aws\n  deploymentMethod: direct\n"),
  );
}

/**
 * Says in a packaged service what CloudFormation would find out by itself, and moto (5.2) does not: it makes up names for FIFO queues
 * that do not end in .fifo, and then refuses them; and Ref of an event bus, which is its name, gives it an object that it stumbles over.
 * A deploy of what was packaged takes its template out of the state file.
 */
export function spellOut(artifacts: string): void {
  const path = join(artifacts, "serverless-state.json");
  const state = JSON.parse(readFileSync(path, "utf8")) as PackagedState;
  const { Resources } = state.service.provider.compiledCloudFormationTemplate;
  const busNames = new Map<string, unknown>();
  for (const [id, { Type, Properties }] of Object.entries(Resources)) {
    if (Type === "AWS::SQS::Queue" && Properties["FifoQueue"] === true)
      Properties["QueueName"] = `${id}.fifo`;
    if (Type === "AWS::Events::EventBus") busNames.set(id, Properties["Name"]);
  }
  const named = (_key: string, value: unknown): unknown => {
    const id = typeof value === "object" && value !== null && "Ref" in value ? String(value.Ref) : "";
    return busNames.get(id) ?? value;
  };
  writeFileSync(path, JSON.stringify(state, named));
}
