import { join } from "node:path";
import type { ResourceProvider } from "../cloudformation/resource-provider.ts";
import type { CloudContext } from "../context/cloud-context.ts";
import { inputCheck, withCode } from "../gateway/constraints/input-check.ts";
import { queryProtocol } from "../gateway/query-protocol.ts";
import type { LocalService } from "../gateway/service.ts";
import { Journal } from "./engine/journal.ts";
import { endInterrupted } from "./engine/recovery.ts";
import { unsupportedProperties } from "./engine/report.ts";
import { ResourceWork } from "./engine/resource-work.ts";
import { StackEngine } from "./engine/stack-engine.ts";
import { StackStore } from "./engine/stack-store.ts";
import * as changeSets from "./operations/change-sets.ts";
import * as changeStacks from "./operations/change-stacks.ts";
import * as readResources from "./operations/read-resources.ts";
import * as readStacks from "./operations/read-stacks.ts";
import type { StackOperation, StackTools } from "./operations/stack-tools.ts";
import * as templates from "./operations/templates.ts";
import { recordedProviders } from "./recorded/recorded-types.ts";

/**
 * CloudFormation: stacks out of templates, by the providers that the other services give for their types. Types that have
 * no behaviour on a laptop are recorded; a given provider wins over the recorded one.
 */
export function createStacksService(
  context: CloudContext,
  providers: readonly ResourceProvider[],
): LocalService {
  const recorded = recordedProviders({ accountId: context.accountId, region: context.region });
  const byType = new Map([...recorded, ...providers].map((provider) => [provider.type, provider]));
  const store = new StackStore(join(context.dataDir, "stacks"), context.clock.now());
  const journal = new Journal(context, store);
  const engine = new StackEngine(context, store, journal, new ResourceWork(context, byType, journal), byType);
  const tools: StackTools = { context, store, journal, engine, providers: byType };
  return {
    name: "stacks",
    signingNames: ["cloudformation"],
    handle: queryProtocol({
      service: "CloudFormation",
      xmlns: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
      check: inputCheck("cloudformation", withCode("ValidationError", true)),
      operations: Object.fromEntries(
        Object.entries(OPERATIONS).map(([name, operation]) => [
          name,
          (input, request) => operation(tools, input, request),
        ]),
      ),
    }),
    controls: {
      resources: async () => store.living().flatMap(resourcesOf),
      unsupported: async () => store.living().flatMap(unsupportedProperties),
    },
    start: async () => store.living().forEach((stack) => endInterrupted(stack, journal)),
    stop: () => engine.stop(),
  };
}

const OPERATIONS: Readonly<Record<string, StackOperation>> = {
  ContinueUpdateRollback: changeStacks.continueUpdateRollback,
  CreateChangeSet: changeSets.createChangeSet,
  CreateStack: changeStacks.createStack,
  DeleteChangeSet: changeSets.deleteChangeSet,
  DeleteStack: changeStacks.deleteStack,
  DescribeChangeSet: changeSets.describeChangeSet,
  DescribeStackEvents: readStacks.describeStackEvents,
  DescribeStackResource: readResources.describeStackResource,
  DescribeStackResources: readResources.describeStackResources,
  DescribeStacks: readStacks.describeStacks,
  ExecuteChangeSet: changeSets.executeChangeSet,
  GetStackPolicy: changeStacks.getStackPolicy,
  GetTemplate: templates.getTemplate,
  GetTemplateSummary: templates.getTemplateSummary,
  ListChangeSets: changeSets.listChangeSets,
  ListExports: readStacks.listExports,
  ListImports: readStacks.listImports,
  ListStackResources: readResources.listStackResources,
  ListStacks: readStacks.listStacks,
  SetStackPolicy: changeStacks.setStackPolicy,
  UpdateStack: changeStacks.updateStack,
  UpdateTerminationProtection: changeStacks.updateTerminationProtection,
  ValidateTemplate: templates.validateTemplate,
};

/** A resource as the control `stacks/resources` lists it. */
export interface ListedResource {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly status: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

function resourcesOf(stack: {
  stackName: string;
  resources: Readonly<Record<string, Omit<ListedResource, "stackName">>>;
}): ListedResource[] {
  return Object.values(stack.resources).map(
    ({ logicalId, type, physicalId, status, properties, attributes }) => ({
      stackName: stack.stackName,
      logicalId,
      type,
      ...(physicalId === undefined ? {} : { physicalId }),
      status,
      properties,
      attributes,
    }),
  );
}
