import { createHash, randomBytes, randomInt } from "node:crypto";
import type { NetworkAttachment } from "../model/task.ts";

const zones = ["a", "b", "c"];

/** The local cloud has no network; a subnet keeps the same zone for ever, so that what reads it sees what AWS would show. */
export function availabilityZone(region: string, subnetId: string): string {
  const index = (createHash("sha256").update(subnetId).digest()[0] ?? 0) % zones.length;
  return `${region}${zones[index] ?? "a"}`;
}

/** A network interface as a task gets one, for show: its addresses lead nowhere. */
export function randomInterface(): Required<
  Pick<NetworkAttachment, "networkInterfaceId" | "macAddress" | "privateIpv4">
> {
  const mac = ["0e", ...Array.from({ length: 5 }, () => randomBytes(1).toString("hex"))];
  return {
    networkInterfaceId: `eni-${randomBytes(9).toString("hex").slice(0, 17)}`,
    macAddress: mac.join(":"),
    privateIpv4: `10.0.${randomInt(0, 256)}.${randomInt(4, 255)}`,
  };
}
