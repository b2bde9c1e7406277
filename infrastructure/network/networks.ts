import { PipelinesError } from "#core/pipelines/define-pipelines.ts";
import type { Pipeline, Pipelines } from "#core/pipelines/pipeline.ts";
import type { NetworkName } from "#core/pipelines/surroundings.ts";
import type { Settings } from "../settings.ts";
import { attribute, ref, sub, type Intrinsic, type Resource, type Resources } from "../template.ts";
import { ownVpc, PRIVATE_SUBNET_IDS, PUBLIC_SUBNET_IDS, wayOut } from "./own-vpc.ts";
import { endpointIds, privateEndpoints } from "./private-endpoints.ts";

/** Where NFS listens. */
export const FILES_PORT = 2049;
export const FILES_SECURITY_GROUP = "SharedFilesSecurityGroup";

/** Where tasks of one network get their addresses, in the template's words. */
export interface NetworkParts {
  readonly vpc: Intrinsic | string;
  readonly subnets: readonly (Intrinsic | string)[];
  /** Logical id. */
  readonly securityGroup: string;
  readonly publicAddress: boolean;
}

/** The networks that the pipelines name. */
export function networkResources(pipelines: Pipelines, settings: Settings, stage: string): Resources {
  const all = Object.values(pipelines);
  const privately = all.filter(({ network }) => network === "private");
  const isOwn = all.length === 0 || all.some(({ network }) => network !== "existing");
  return {
    ...(isOwn
      ? { ...ownVpc(stage, privately.length > 0), TaskSecurityGroup: taskSecurityGroup(ref("Vpc"), all) }
      : {}),
    ...(privately.length > 0 ? privateEndpoints(privately) : {}),
    ...(all.some(({ network }) => network === "existing")
      ? { ExistingNetworkSecurityGroup: taskSecurityGroup(networkParts("existing", settings).vpc, all) }
      : {}),
  };
}

/** @throws PipelinesError where the stage names no network of the user's own */
export function networkParts(network: NetworkName, settings: Settings): NetworkParts {
  if (network === "public")
    return {
      vpc: ref("Vpc"),
      subnets: PUBLIC_SUBNET_IDS.map(ref),
      securityGroup: "TaskSecurityGroup",
      publicAddress: true,
    };
  if (network === "private")
    return {
      vpc: ref("Vpc"),
      subnets: PRIVATE_SUBNET_IDS.map(ref),
      securityGroup: "TaskSecurityGroup",
      publicAddress: false,
    };
  const { existingNetwork } = settings;
  if (existingNetwork === undefined) {
    throw new PipelinesError([
      'A pipeline has network "existing", and the stage\'s file under infrastructure/stages/ has no existingNetwork; add it with vpcId, subnetIds and publicAddress.',
    ]);
  }
  return {
    vpc: existingNetwork.vpcId,
    subnets: existingNetwork.subnetIds,
    securityGroup: "ExistingNetworkSecurityGroup",
    publicAddress: existingNetwork.publicAddress,
  };
}

/** Logical ids of what a task of the pipeline needs to reach the registry, its log and its secrets. */
export function reachOf(pipeline: Pipeline): string[] {
  switch (pipeline.network) {
    case "public":
      return wayOut("public");
    case "private":
      return [...wayOut("private"), ...endpointIds(pipeline)];
    case "existing":
      return [];
  }
}

/** JSON object of network name to subnets, group and whether tasks have public addresses, for dispatch. */
export function launchNetworks(pipelines: Pipelines, settings: Settings): Intrinsic {
  const names = [...new Set(Object.values(pipelines).map(({ network }) => network))].sort();
  const entries = names.map((name) => {
    const { subnets, securityGroup, publicAddress } = networkParts(name, settings);
    return [
      name,
      { subnets: subnets.map(inText), securityGroup: `\${${securityGroup}.GroupId}`, publicAddress },
    ];
  });
  return sub(JSON.stringify(Object.fromEntries(entries)));
}

function inText(value: Intrinsic | string): string {
  return typeof value === "object" && "Ref" in value ? `\${${value.Ref}}` : String(value);
}

/** Security groups do not filter the VPC's own DNS server, so HTTPS is all that a task needs, and the shared files where it has any. */
function taskSecurityGroup(vpc: Intrinsic | string, pipelines: readonly Pipeline[]): Resource {
  return {
    Type: "AWS::EC2::SecurityGroup",
    Properties: {
      GroupDescription: "Tasks call out over HTTPS and take no connections",
      VpcId: vpc,
      SecurityGroupEgress: [
        { IpProtocol: "tcp", FromPort: 443, ToPort: 443, CidrIp: "0.0.0.0/0", Description: "HTTPS" },
        ...(pipelines.some(({ volume }) => volume !== undefined) ? [toSharedFiles()] : []),
      ],
    },
  };
}

function toSharedFiles(): object {
  return {
    IpProtocol: "tcp",
    FromPort: FILES_PORT,
    ToPort: FILES_PORT,
    DestinationSecurityGroupId: attribute(FILES_SECURITY_GROUP, "GroupId"),
    Description: "Shared files",
  };
}
