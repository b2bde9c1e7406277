import type { QueryShapes } from "../gateway/query-protocol.ts";
import { escapeXml, toXml } from "../gateway/xml.ts";
import { queryErrorName } from "./query-error.ts";

type Document = Readonly<Record<string, unknown>>;

/** Lists of a form: `AttributeName.1=All` is the member AttributeNames. */
const LISTS: Readonly<Record<string, string>> = {
  AttributeName: "AttributeNames",
  MessageAttributeName: "MessageAttributeNames",
  MessageSystemAttributeName: "MessageSystemAttributeNames",
  TagKey: "TagKeys",
  AWSAccountId: "AWSAccountIds",
  ActionName: "Actions",
  SendMessageBatchRequestEntry: "Entries",
  DeleteMessageBatchRequestEntry: "Entries",
  ChangeMessageVisibilityBatchRequestEntry: "Entries",
};

/** Maps: `Attribute.1.Name=DelaySeconds&Attribute.1.Value=5` is the member Attributes. */
const MAPS: Readonly<Record<string, { member: string; key: string }>> = {
  Attribute: { member: "Attributes", key: "Name" },
  MessageAttribute: { member: "MessageAttributes", key: "Name" },
  MessageSystemAttribute: { member: "MessageSystemAttributes", key: "Name" },
  Tag: { member: "Tags", key: "Key" },
};

const NUMBERS = new Set([
  "DelaySeconds",
  "VisibilityTimeout",
  "WaitTimeSeconds",
  "MaxNumberOfMessages",
  "MaxNumberOfMessagesPerSecond",
  "MaxResults",
]);

/** What the lists of an answer are called, one element for each member; the entries of a batch are called after it. */
const ELEMENTS: Readonly<Record<string, string>> = {
  Messages: "Message",
  QueueUrls: "QueueUrl",
  queueUrls: "QueueUrl",
  Failed: "BatchResultErrorEntry",
};
const MAP_OF_MEMBER = new Map(
  Object.entries(MAPS).map(([element, { member, key }]) => [member, { element, key }]),
);

/**
 * How SQS's older query protocol, which the AWS CLI speaks up to version 2.13, writes what the JSON protocol has: lists and maps are flat.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-faqs.html
 */
export const queueQueryShapes: QueryShapes = {
  read(action, form, { url }) {
    const input = members(form);
    // Some clients name the queue by the path alone.
    if (input["QueueUrl"] === undefined && url.pathname.split("/").length > 2)
      input["QueueUrl"] = `${url.origin}${url.pathname}`;
    if (action !== "CreateQueue" || input["Tags"] === undefined) return input;
    const { Tags: tags, ...others } = input;
    return { ...others, tags };
  },
  write: (action, result) => elements(action, result),
  errorCode: queryErrorName,
};

function members(form: Document): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(form).map(([name, value]) => {
      const list = LISTS[name];
      if (list !== undefined)
        return [list, ordered(value).map((item) => (isDocument(item) ? members(item) : item))];
      const map = MAPS[name];
      if (map !== undefined) {
        const pairs = ordered(value).filter(isDocument);
        return [map.member, Object.fromEntries(pairs.map((pair) => [String(pair[map.key]), pair["Value"]]))];
      }
      return [name, NUMBERS.has(name) && /^-?\d+$/.test(String(value)) ? Number(value) : value];
    }),
  );
}

/** An object has members whose names are numbers in their order. */
function ordered(value: unknown): unknown[] {
  return isDocument(value) ? Object.values(value) : [];
}

function isDocument(value: unknown): value is Document {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function elements(action: string, document: Document): string {
  return Object.entries(document)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => {
      if (Array.isArray(value)) {
        const element = ELEMENTS[name] ?? `${action}ResultEntry`;
        return value
          .map(
            (item) => `<${element}>${isDocument(item) ? elements(action, item) : toXml(item)}</${element}>`,
          )
          .join("");
      }
      const map = MAP_OF_MEMBER.get(name);
      if (map === undefined || !isDocument(value)) return `<${name}>${toXml(value)}</${name}>`;
      return Object.entries(value)
        .map(([key, item]) => {
          const { element, key: keyElement } = map;
          return `<${element}><${keyElement}>${escapeXml(key)}</${keyElement}><Value>${toXml(item)}</Value></${element}>`;
        })
        .join("");
    })
    .join("");
}
