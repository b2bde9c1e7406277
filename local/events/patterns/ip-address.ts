import { isIPv6 } from "node:net";

/** An address or the first and last address of a block; v4 and v6 never meet. */
export interface IpRange {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

/** Reads an address literal, as a block of one. Never asks the DNS: anything else is undefined. */
export function parseIp(text: string): IpRange | undefined {
  const address = /^\d+\.\d+\.\d+\.\d+$/.test(text) ? v4(text) : isIPv6(text) ? v6(text) : undefined;
  if (address === undefined) return undefined;
  const mapped = address.bits === 128 && address.value >> 32n === 0xffffn;
  const value = mapped ? address.value & 0xffff_ffffn : address.value;
  return { bits: mapped ? 32 : address.bits, first: value, last: value };
}

/**
 * Reads ADDRESS/BITS. As in Event Ruler the block begins at the address given, not at the network's first address, and
 * slashes at the end do not count.
 * @throws RangeError that says what is wrong
 */
export function parseCidr(text: string): IpRange {
  const [address = "", mask = "", ...more] = text.replace(/\/+$/, "").split("/");
  if (mask === "" || more.length > 0) throw new RangeError("Malformed CIDR, one '/' required");
  if (!/^\+?\d+$/.test(mask)) throw new RangeError("Malformed CIDR, mask bits must be an integer");
  const ip = parseIp(address);
  if (ip === undefined) throw new RangeError(`Nonstandard IP address: ${address}`);
  if (Number(mask) > ip.bits) {
    throw new RangeError(`${ip.bits === 32 ? "IPv4" : "IPv6"} mask bits must be < ${ip.bits + 1}`);
  }
  const hostBits = BigInt(ip.bits - Number(mask));
  return { ...ip, last: ip.first | ((1n << hostBits) - 1n) };
}

export function contains(range: IpRange, ip: IpRange): boolean {
  return range.bits === ip.bits && ip.first >= range.first && ip.first <= range.last;
}

function v4(text: string): { bits: 32; value: bigint } | undefined {
  const parts = text.split(".").map(BigInt);
  if (parts.some((part) => part > 255n)) return undefined;
  return { bits: 32, value: parts.reduce((sum, part) => (sum << 8n) | part, 0n) };
}

function v6(text: string): { bits: 128; value: bigint } | undefined {
  if (!/^[0-9a-f:]+$/i.test(text)) return undefined;
  const [head = "", tail] = text.split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const front = groups(head);
  const back = groups(tail ?? "");
  const all = [...front, ...Array.from({ length: 8 - front.length - back.length }, () => "0"), ...back];
  return { bits: 128, value: all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n) };
}
