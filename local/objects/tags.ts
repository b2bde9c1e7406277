import { AwsError } from "../gateway/aws-error.ts";
import { invalidArgument } from "./errors.ts";
import { listOf, parseXml, textOf, xmlDocument } from "./xml-document.ts";

export type Tags = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const MAX_OBJECT_TAGS = 10;
const MAX_BUCKET_TAGS = 50;

/** Tags as x-amz-tagging writes them: a query string. @throws AwsError InvalidArgument, InvalidTag, BadRequest */
export function parseTagHeader(header: string | undefined): Tags {
  if (header === undefined) return {};
  return checked([...new URLSearchParams(header)], MAX_OBJECT_TAGS);
}

/** A Tagging document. @throws AwsError MalformedXML, InvalidTag, BadRequest */
export function parseTagging(xml: string, of: "object" | "bucket"): Tags {
  const document = parseXml(xml, "Tagging");
  const pairs = listOf(document, "TagSet")
    .flatMap((set) => listOf(set, "Tag"))
    .map((tag) => [textOf(tag, "Key") ?? "", textOf(tag, "Value") ?? ""] as const);
  return checked(pairs, of === "object" ? MAX_OBJECT_TAGS : MAX_BUCKET_TAGS);
}

export function taggingDocument(tags: Tags): string {
  const list = Object.entries(tags).map(([name, value]) => ({ Key: name, Value: value }));
  return xmlDocument("Tagging", { TagSet: { Tag: list } });
}

function checked(pairs: readonly (readonly [string, string])[], limit: number): Tags {
  if (pairs.length > limit) {
    const what = limit === MAX_OBJECT_TAGS ? "Object" : "Bucket";
    throw new AwsError("BadRequest", `${what} tags cannot be greater than ${limit}`, 400);
  }
  const tags: Record<string, string> = {};
  for (const [name, value] of pairs) {
    if (name === "" || name.length > 128) throw invalidTag("The TagKey you have provided is invalid", name);
    if (value.length > 256) throw invalidTag("The TagValue you have provided is invalid", name);
    if (name.startsWith("aws:")) throw invalidTag("System tags cannot be added/updated by requester", name);
    if (Object.hasOwn(tags, name)) {
      throw invalidArgument("Cannot provide multiple Tags with the same key", "tagging", name);
    }
    tags[name] = value;
  }
  return tags;
}

function invalidTag(message: string, name: string): AwsError {
  return new AwsError("InvalidTag", message, 400, { TagKey: name });
}
