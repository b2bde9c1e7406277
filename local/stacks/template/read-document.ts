import { parseDocument, type CollectionTag, type ScalarTag, type YAMLMap, type YAMLSeq } from "yaml";
import { formatError } from "./template-error.ts";

/** Reads a template's text, JSON or YAML with CloudFormation's short forms, into plain data. @throws AwsError ValidationError */
export function readDocument(text: string): Record<string, unknown> {
  const document = text.trimStart().startsWith("{") ? readJson(text) : readYaml(text);
  if (!isObject(document)) throw formatError("unsupported structure.");
  return document;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The engine tells the place of most mistakes, not of all.
    const place = /line (\d+) column (\d+)/.exec(error instanceof Error ? error.message : "");
    throw formatError(
      `JSON not well-formed.${place === null ? "" : ` (line ${place[1]}, column ${place[2]})`}`,
    );
  }
}

function readYaml(text: string): unknown {
  // `yaml-1.1` as CloudFormation reads it: an unquoted `yes` or `on` is a boolean there. Dates stay text.
  const document = parseDocument(text, {
    version: "1.1",
    customTags: (tags) => [
      ...tags.filter((tag) => typeof tag === "string" || !tag.tag.endsWith(":timestamp")),
      ...shortForms,
    ],
  });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const { line, col } = problem.linePos?.[0] ?? { line: 1, col: 1 };
    throw formatError(`YAML not well-formed. (line ${line}, column ${col})`);
  }
  return document.toJS();
}

/** `!Ref A` is {"Ref": "A"}; all others are `Fn::`. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
const SHORT_NAMES = [
  "And", "Base64", "Cidr", "Equals", "FindInMap", "GetAZs", "If", "ImportValue", "Join", "Length", "Not", "Or", "Select", "Split", "Sub",
  "ToJsonString", "Transform",
]; // prettier-ignore

const shortForms: (ScalarTag | CollectionTag)[] = [
  scalar("!Ref", (text) => ({ Ref: text })),
  scalar("!Condition", (text) => ({ Condition: text })),
  scalar("!GetAtt", (text) => ({ "Fn::GetAtt": splitAttribute(text) })),
  ...collections("!GetAtt", "Fn::GetAtt"),
  ...SHORT_NAMES.flatMap((name) => [
    scalar(`!${name}`, (text) => ({ [`Fn::${name}`]: text })),
    ...collections(`!${name}`, `Fn::${name}`),
  ]),
];

function scalar(tag: string, resolve: (text: string) => unknown): ScalarTag {
  return { tag, resolve };
}

function collections(tag: string, name: string): CollectionTag[] {
  const wrap = (node: YAMLMap.Parsed | YAMLSeq.Parsed) => {
    // A node of its own kind, so that short forms inside it are resolved when the document becomes plain data.
    const plain = {
      toJSON: (argument: unknown, context: never) => ({ [name]: node.toJSON(argument, context) }),
    };
    return Object.assign(Object.create(node) as typeof node, plain);
  };
  return [
    { tag, collection: "seq", resolve: wrap },
    { tag, collection: "map", resolve: wrap },
  ] as CollectionTag[];
}

/** `Bucket.Arn` names the attribute Arn, `Db.Endpoint.Port` the attribute Endpoint.Port. */
export function splitAttribute(text: string): [string, string] {
  const dot = text.indexOf(".");
  return dot < 0 ? [text, ""] : [text.slice(0, dot), text.slice(dot + 1)];
}
