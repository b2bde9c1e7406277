import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import type { Pipelines } from "#core/pipelines/pipeline.ts";
import type { NetworkName } from "#core/pipelines/surroundings.ts";
import { tasksThatFit } from "../network/own-vpc.ts";
import type { Settings } from "../settings.ts";

/** How many tasks the subnets of one network hold at once: each Fargate task takes an address. */
export interface Room {
  readonly network: NetworkName;
  readonly tasks: number;
}

/** Our own subnets by their size; those of an existing network by the addresses that are free in them now. */
export async function roomForTasks(
  pipelines: Pipelines,
  settings: Settings,
  freeAddresses: (subnetIds: readonly string[]) => Promise<number>,
): Promise<Room[]> {
  const onFargate = Object.values(pipelines).filter(({ capacity }) => capacity.type !== "ec2");
  const networks = [...new Set(onFargate.map(({ network }) => network))].sort();
  return Promise.all(
    networks.map(async (network) => ({
      network,
      tasks:
        network === "existing"
          ? await freeAddresses(settings.existingNetwork?.subnetIds ?? [])
          : tasksThatFit(network),
    })),
  );
}

/** What a deploy says of it; a stage that wants more tasks than fit is told so. */
export function roomInWords(rooms: readonly Room[], { maxTasks }: Pick<Settings, "maxTasks">): string[] {
  return rooms.map(({ network, tasks }) =>
    tasks >= maxTasks
      ? `Network "${network}" has addresses for ${tasks} tasks at once; the stage starts at most ${maxTasks}.`
      : `Network "${network}" has addresses for ${tasks} tasks at once, and the stage may start ${maxTasks}: launches beyond that fail and are tried again; lower maxTasks in infrastructure/stages/ or name larger subnets.`,
  );
}

export function freeAddressesOf(region: string) {
  return async (subnetIds: readonly string[]): Promise<number> => {
    const { Subnets = [] } = await new EC2Client({ region }).send(
      new DescribeSubnetsCommand({ SubnetIds: [...subnetIds] }),
    );
    return Subnets.reduce((sum, { AvailableIpAddressCount = 0 }) => sum + AvailableIpAddressCount, 0);
  };
}
