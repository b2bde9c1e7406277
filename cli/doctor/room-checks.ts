import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  GetAccountSettingsCommand,
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { GetServiceQuotaCommand, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { z } from "zod";
import { vcpuOf } from "#core/pipelines/fargate-sizes.ts";
import { pipelines } from "#pipelines";
import { localControl } from "../local-cloud.ts";
import { type Check, type Finding, NotChecked } from "./check.ts";
import { type Ground, resourcesOf } from "./ground.ts";

/** https://docs.aws.amazon.com/general/latest/gr/ecs-service.html */
const QUOTAS = { onDemand: "L-3032A538", spot: "L-36FBB829" } as const;
const KINDS = { onDemand: "Fargate On-Demand", spot: "Fargate Spot" } as const;
type Kind = keyof typeof QUOTAS;

const LocalSettings = z.object({ quotaVcpu: z.object({ onDemand: z.number(), spot: z.number() }) });

/** vCPUs that the account may run at once, beside what the stage and its largest task want. */
export const quotas: Check = {
  name: "quotas",
  async run(ground) {
    const [allowed, { maxVcpu }] = [await quotasOf(ground), await caps(ground)];
    const largest = Math.max(
      ...Object.values(pipelines).flatMap(({ size, maxSize }) => [vcpuOf(size), vcpuOf(maxSize)]),
    );
    return (Object.keys(QUOTAS) as Kind[]).flatMap((kind): Finding[] => {
      const quota = allowed[kind];
      const raise = ground.isLocal
        ? "Raise quotaVcpu by the control tasks/settings, or lower maxVcpu in infrastructure/stages/local.yml."
        : `Ask for more: aws service-quotas request-service-quota-increase --service-code fargate --quota-code ${QUOTAS[kind]} --desired-value ${Math.max(maxVcpu, largest)}; or lower maxVcpu in infrastructure/stages/.`;
      const what = `${KINDS[kind]} may run ${quota} vCPUs at once`;
      if (quota < largest)
        return [{ severity: "error", what: `${what}, and the largest task wants ${largest}.`, toDo: raise }];
      if (quota < maxVcpu)
        return [
          { severity: "warning", what: `${what}, and the stage starts up to ${maxVcpu}.`, toDo: raise },
        ];
      return [];
    });
  },
};

async function quotasOf({ isLocal, stage, options }: Ground): Promise<Record<Kind, number>> {
  if (isLocal) return LocalSettings.parse(await localControl(stage, "tasks/settings")).quotaVcpu;
  const client = new ServiceQuotasClient(options);
  const quota = async (kind: Kind): Promise<number> => {
    const { Quota } = await client.send(
      new GetServiceQuotaCommand({ ServiceCode: "fargate", QuotaCode: QUOTAS[kind] }),
    );
    if (Quota?.Value === undefined) throw new NotChecked(`Service Quotas gives no value for ${KINDS[kind]}`);
    return Quota.Value;
  };
  return { onDemand: await quota("onDemand"), spot: await quota("spot") };
}

/** The stage's caps, as dispatch has them. */
async function caps(ground: Ground): Promise<{ maxVcpu: number; maxTasks: number }> {
  const variables = await dispatchVariables(ground);
  const variable = (name: string): number => Number(variables[name]);
  return { maxVcpu: variable("SLIPWAY_MAX_VCPU"), maxTasks: variable("SLIPWAY_MAX_TASKS") };
}

async function dispatchVariables(ground: Ground): Promise<Record<string, string>> {
  const dispatch = resourcesOf(ground, "AWS::Lambda::Function").find(
    ({ logicalId }) => logicalId === "DispatchLambdaFunction",
  );
  if (dispatch === undefined) throw new NotChecked("the stack has no function dispatch");
  const { Environment } = await new LambdaClient(ground.options).send(
    new GetFunctionConfigurationCommand({ FunctionName: dispatch.physicalId }),
  );
  return Environment?.Variables ?? {};
}

/** Lambda's quota "Concurrent executions", and what it is unless the account is new. */
const CONCURRENCY_QUOTA = { code: "L-B99A9384", usual: 1000 } as const;
/** dispatch runs alone; wake, sweep and notify take a moment now and then. */
const BRIEF_EXECUTIONS = 2;

/** What Lambda refuses to run is received once more, and after a few times it is a dead letter that nobody has read. */
export const concurrency: Check = {
  name: "concurrency",
  async run(ground) {
    const { AccountLimit } = await new LambdaClient(ground.options).send(new GetAccountSettingsCommand({}));
    const { ConcurrentExecutions: limit, UnreservedConcurrentExecutions: free } = AccountLimit ?? {};
    if (limit === undefined || free === undefined)
      throw new NotChecked("Lambda does not tell the account's limits");
    const wanted = (await batchesAtOnce(ground)) + BRIEF_EXECUTIONS;
    if (free >= wanted) return [];
    const enough = Math.max(CONCURRENCY_QUOTA.usual, wanted + limit - free);
    return [
      {
        severity: "warning",
        what: `Lambda may run ${free} executions at once that no function has reserved, and the stage's functions take up to ${wanted}.`,
        toDo: `Ask for more: aws service-quotas request-service-quota-increase --service-code lambda --quota-code ${CONCURRENCY_QUOTA.code} --desired-value ${enough}; or lower batchesAtOnce in infrastructure/stages/.`,
      },
    ];
  },
};

/** Of all queues whose batches are bounded; each of the others is one of the brief ones. */
async function batchesAtOnce(ground: Ground): Promise<number> {
  const lambda = new LambdaClient(ground.options);
  const bounds = await Promise.all(
    resourcesOf(ground, "AWS::Lambda::EventSourceMapping").map(async ({ physicalId }) => {
      const { ScalingConfig } = await lambda.send(new GetEventSourceMappingCommand({ UUID: physicalId }));
      return ScalingConfig?.MaximumConcurrency ?? 0;
    }),
  );
  return bounds.reduce((sum, bound) => sum + bound, 0);
}

const Networks = z.record(z.string(), z.object({ subnets: z.array(z.string()) }));

/** Each Fargate task takes an address of a subnet: of ours, or of those of an existing network. */
export const addresses: Check = {
  name: "addresses",
  async run(ground) {
    if (ground.isLocal) throw new NotChecked("tasks of the local cloud take no addresses");
    const variables = await dispatchVariables(ground);
    const networks = Networks.parse(JSON.parse(variables["SLIPWAY_NETWORKS"] ?? "{}"));
    const maxTasks = Number(variables["SLIPWAY_MAX_TASKS"]);
    const ec2 = new EC2Client(ground.options);
    const findings = await Promise.all(
      Object.entries(networks).map(async ([network, { subnets }]): Promise<Finding[]> => {
        const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: subnets }));
        const free = Subnets.reduce(
          (sum, { AvailableIpAddressCount = 0 }) => sum + AvailableIpAddressCount,
          0,
        );
        if (free >= maxTasks) return [];
        return [
          {
            severity: free === 0 ? "error" : "warning",
            what: `The subnets of network "${network}" have ${free} free addresses, and the stage starts up to ${maxTasks} tasks.`,
            toDo: "End what else takes addresses there, or lower maxTasks in infrastructure/stages/.",
          },
        ];
      }),
    );
    return findings.flat();
  },
};
