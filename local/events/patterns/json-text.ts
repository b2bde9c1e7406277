/**
 * JSON as the matcher needs it: numbers keep the text they were written in, members keep their order and their duplicates (of equal keys the last one counts, but each must be valid).
 */
export type JsonText =
  | { readonly kind: "object"; readonly members: readonly (readonly [name: string, value: JsonText])[] }
  | { readonly kind: "array"; readonly items: readonly JsonText[] }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number" | "boolean" | "null"; readonly text: string };

/** JSON nested deeper than this is refused by PutEvents, so a hostile document cannot exhaust the stack. */
export const MAX_JSON_DEPTH = 1000;

const TOKEN =
  // oxlint-disable-next-line no-control-regex -- JSON strings may not hold them raw
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\.)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false)|(null))/uy;

/** @throws SyntaxError where the text is not JSON or is nested too deeply */
export function parseJsonText(text: string): JsonText {
  let at = 0;
  const next = (): RegExpExecArray => {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (token === null) throw new SyntaxError(`Unexpected text at position ${at} of the JSON document`);
    at = TOKEN.lastIndex;
    return token;
  };
  const peeksAt = (mark: string): boolean => {
    const before = at;
    const found = next()[1] === mark;
    if (!found) at = before;
    return found;
  };
  const expect = (mark: string): void => {
    if (!peeksAt(mark)) throw new SyntaxError(`"${mark}" expected at position ${at} of the JSON document`);
  };
  const string = (quoted: string): string => JSON.parse(quoted) as string;

  function object(depth: number): JsonText {
    const members: [string, JsonText][] = [];
    if (peeksAt("}")) return { kind: "object", members };
    do {
      const name = next()[2];
      if (name === undefined)
        throw new SyntaxError(`A member name expected before position ${at} of the JSON document`);
      expect(":");
      members.push([string(name), value(depth + 1)]);
    } while (peeksAt(","));
    expect("}");
    return { kind: "object", members };
  }

  function array(depth: number): JsonText {
    const items: JsonText[] = [];
    if (peeksAt("]")) return { kind: "array", items };
    do items.push(value(depth + 1));
    while (peeksAt(","));
    expect("]");
    return { kind: "array", items };
  }

  function value(depth: number): JsonText {
    if (depth > MAX_JSON_DEPTH)
      throw new SyntaxError(`The JSON document is nested deeper than ${MAX_JSON_DEPTH} levels`);
    const [, mark, quoted, number, boolean, nothing] = next();
    if (mark === "{") return object(depth);
    if (mark === "[") return array(depth);
    if (quoted !== undefined) return { kind: "string", value: string(quoted) };
    if (number !== undefined) return { kind: "number", text: number };
    if (boolean !== undefined) return { kind: "boolean", text: boolean };
    if (nothing !== undefined) return { kind: "null", text: nothing };
    throw new SyntaxError(`A value expected before position ${at} of the JSON document`);
  }

  const parsed = value(0);
  if (!/^[ \t\n\r]*$/.test(text.slice(at)))
    throw new SyntaxError(`Unexpected text at position ${at} of the JSON document`);
  return parsed;
}

/** Compact JSON; of equal member names the last one stays. */
export function stringifyJsonText(json: JsonText): string {
  switch (json.kind) {
    case "object": {
      const members = [...new Map(json.members)];
      return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${stringifyJsonText(value)}`).join(",")}}`;
    }
    case "array":
      return `[${json.items.map(stringifyJsonText).join(",")}]`;
    case "string":
      return JSON.stringify(json.value);
    case "number":
    case "boolean":
    case "null":
      return json.text;
  }
}
