import { type Token, tokensOf } from "./tokens.ts";

export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "reference"; readonly id: string }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "call"; readonly name: string; readonly parameters: readonly Expression[] }
  | {
      readonly kind: "operation";
      readonly sign: string;
      readonly left: Expression;
      readonly right: Expression;
    };

/** From the loosest to the tightest. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html */
const levels: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["==", "!="],
  ["<", ">", "<=", ">="],
  ["+", "-"],
  ["*", "/"],
  ["^"],
];
const words: Readonly<Record<string, string>> = { AND: "&&", OR: "||" };

/** @throws SyntaxError */
export function parseExpression(text: string): Expression {
  const reader = new Reader(tokensOf(text));
  const expression = reader.expression(0);
  reader.take("end", "");
  return expression;
}

/** The ids of other queries that an expression names. */
export function referencesOf(expression: Expression): string[] {
  switch (expression.kind) {
    case "reference":
      return [expression.id];
    case "list":
      return expression.items.flatMap(referencesOf);
    case "call":
      return expression.parameters.flatMap(referencesOf);
    case "operation":
      return [...referencesOf(expression.left), ...referencesOf(expression.right)];
    case "number":
    case "text":
      return [];
  }
}

/** Every function that an expression calls. */
export function callsOf(expression: Expression): string[] {
  switch (expression.kind) {
    case "list":
      return expression.items.flatMap(callsOf);
    case "call":
      return [expression.name, ...expression.parameters.flatMap(callsOf)];
    case "operation":
      return [...callsOf(expression.left), ...callsOf(expression.right)];
    case "number":
    case "text":
    case "reference":
      return [];
  }
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  expression(level: number): Expression {
    const signs = levels[level];
    if (signs === undefined) return this.#operand();
    let left = this.expression(level + 1);
    for (let sign = this.#sign(signs); sign !== undefined; sign = this.#sign(signs)) {
      this.#at += 1;
      left = { kind: "operation", sign, left, right: this.expression(level + 1) };
    }
    return left;
  }

  take(kind: Token["kind"], value: string): void {
    const token = this.#next;
    if (token.kind !== kind || token.value !== value)
      throw new SyntaxError(`'${token.value}' stands where '${value === "" ? "the end" : value}' should`);
    this.#at += 1;
  }

  get #next(): Token {
    return this.#tokens[this.#at] ?? { kind: "end", value: "" };
  }

  #sign(signs: readonly string[]): string | undefined {
    const token = this.#next;
    const sign = token.kind === "name" ? words[token.value] : token.kind === "sign" ? token.value : undefined;
    return sign !== undefined && signs.includes(sign) ? sign : undefined;
  }

  #operand(): Expression {
    const token = this.#next;
    this.#at += 1;
    if (token.kind === "number") return { kind: "number", value: token.value };
    if (token.kind === "text") return { kind: "text", value: token.value };
    if (token.kind === "name") {
      if (this.#next.value !== "(") return { kind: "reference", id: token.value };
      this.#at += 1;
      return { kind: "call", name: token.value, parameters: this.#items(")") };
    }
    if (token.value === "[") return { kind: "list", items: this.#items("]") };
    if (token.value === "-") {
      return { kind: "operation", sign: "-", left: { kind: "number", value: 0 }, right: this.#operand() };
    }
    if (token.value === "(") {
      const inner = this.expression(0);
      this.take("sign", ")");
      return inner;
    }
    throw new SyntaxError(`'${token.value}' stands where a value should`);
  }

  #items(end: string): Expression[] {
    const items: Expression[] = [];
    while (this.#next.value !== end) {
      if (items.length > 0) this.take("sign", ",");
      items.push(this.expression(0));
    }
    this.take("sign", end);
    return items;
  }
}
