import { templateError } from "./template-error.ts";

/**
 * Fn::Cidr for IPv4: `count` blocks with `hostBits` address bits each, from the start of `block`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-cidr.html
 * @throws AwsError ValidationError where they do not fit
 */
export function cidrBlocks(block: string, count: number, hostBits = 8): string[] {
  const [address = "", prefix = ""] = block.split("/");
  const bytes = address.split(".").map(Number);
  const prefixLength = Number(prefix);
  if (
    bytes.length !== 4 ||
    bytes.some((byte) => !Number.isInteger(byte) || byte < 0 || byte > 255) ||
    prefix === ""
  ) {
    throw templateError(`Fn::Cidr: ${block} is not an IPv4 block of the form 10.0.0.0/16`);
  }
  const size = 2 ** hostBits;
  if (!Number.isInteger(count) || count < 1 || count > 256 || count * size > 2 ** (32 - prefixLength)) {
    throw templateError(`Fn::Cidr: ${count} blocks with ${hostBits} host bits do not fit into ${block}`);
  }
  const given = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const first = given - (given % 2 ** (32 - prefixLength));
  return Array.from({ length: count }, (_, index) => `${dotted(first + index * size)}/${32 - hostBits}`);
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
