import { AwsError } from "../../gateway/aws-error.ts";

export type Input = Readonly<Record<string, unknown>>;

export interface ImageIdentifier {
  readonly imageDigest?: string;
  readonly imageTag?: string;
}

/** @throws AwsError InvalidParameterException */
export function textIn(input: Input, name: string): string {
  const value = input[name];
  if (typeof value === "string" && value !== "") return value;
  throw invalid(name, "must not be null");
}

export const repositoryNameIn = (input: Input): string => textIn(input, "repositoryName");

/** @throws AwsError InvalidParameterException for what names no image at all */
export function imageIdsIn(input: Input): ImageIdentifier[] {
  const ids = listIn(input, "imageIds") as ImageIdentifier[];
  for (const { imageDigest, imageTag } of ids) {
    if (imageDigest === undefined && imageTag === undefined)
      throw invalid("imageIds", "must name a digest or a tag");
  }
  return ids;
}

export function listIn(input: Input, name: string): unknown[] {
  const value = input[name];
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw invalid(name, "must be a list");
}

/** One page, and the token of the next: the place where it begins. */
export function pageOf<T>(all: readonly T[], input: Input): { items: T[]; nextToken?: string } {
  const from = Number(input["nextToken"] ?? 0);
  const size = Number(input["maxResults"] ?? 100);
  const items = all.slice(from, from + size);
  return from + size < all.length ? { items, nextToken: String(from + size) } : { items };
}

function invalid(name: string, constraint: string): AwsError {
  return new AwsError(
    "InvalidParameterException",
    `Invalid parameter at '${name}' failed to satisfy constraint: '${constraint}'`,
  );
}
