import { XMLParser } from "fast-xml-parser";
import { escapeXml } from "../gateway/xml.ts";
import { malformedXml } from "./errors.ts";

/** A node of an S3 document: an object of named elements, a list (the element repeats), or text. */
export type XmlValue = string | number | boolean | Date | undefined | readonly XmlValue[] | XmlElements;
export interface XmlElements {
  readonly [name: string]: XmlValue;
}

const XMLNS = "http://s3.amazonaws.com/doc/2006-03-01/";

/** Writes an S3 document: lists are repeated elements, absent members are left out, dates are ISO 8601. */
export function xmlDocument(root: string, content: XmlElements): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${XMLNS}">${elements(content)}</${root}>`;
}

/** The error document, which has no namespace. */
export function xmlError(content: XmlElements): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${elements(content)}</Error>`;
}

function elements(content: XmlElements): string {
  return Object.entries(content)
    .map(([name, value]) => element(name, value))
    .join("");
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.map((item) => element(name, item as XmlValue)).join("");
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (typeof value === "object") return `<${name}>${elements(value as XmlElements)}</${name}>`;
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

const parser = new XMLParser({
  parseTagValue: false,
  trimValues: false,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  removeNSPrefix: true,
  htmlEntities: true,
});

/** What a parsed document holds: elements by name, repeated ones as lists, text as strings. */
export type ParsedXml = Readonly<Record<string, unknown>>;

/** Reads a document with the given root. @throws AwsError MalformedXML */
export function parseXml(text: string, root: string): ParsedXml {
  let parsed: unknown;
  try {
    parsed = parser.parse(text, true);
  } catch {
    throw malformedXml();
  }
  const content = (parsed as Record<string, unknown>)[root];
  if (content === undefined) throw malformedXml();
  return childrenOf(content);
}

/** Repeated or single, an element's occurrences as a list of parsed elements. */
export function listOf(parent: ParsedXml, name: string): ParsedXml[] {
  const value = parent[name];
  if (value === undefined) return [];
  return (Array.isArray(value) ? (value as unknown[]) : [value]).map(childrenOf);
}

/** The text of a child element, or undefined where there is none. */
export function textOf(parent: ParsedXml, name: string): string | undefined {
  const value = parent[name];
  return typeof value === "string" ? value : undefined;
}

function childrenOf(value: unknown): ParsedXml {
  // An element without children parses to a string.
  return typeof value === "object" && value !== null ? (value as ParsedXml) : {};
}
