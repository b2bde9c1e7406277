export type Token =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "name"; readonly value: string }
  | { readonly kind: "sign"; readonly value: string }
  | { readonly kind: "end"; readonly value: "" };

const pattern =
  /\s*(?:(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<text>"[^"]*"|'[^']*')|(?<name>[A-Za-z][\w]*)|(?<sign><=|>=|==|!=|&&|\|\||[-+*/^()[\],<>]))/y;

/** Cuts a metric math expression into its words. @throws SyntaxError that names what is no part of the language */
export function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (expression.slice(pattern.lastIndex).trim() !== "") {
    const from = pattern.lastIndex;
    const groups = pattern.exec(expression)?.groups;
    if (groups === undefined) throw new SyntaxError(`'${expression.slice(from).trim()}' is not understood`);
    const { number, text, name, sign } = groups;
    if (number !== undefined) tokens.push({ kind: "number", value: Number(number) });
    else if (text !== undefined) tokens.push({ kind: "text", value: text.slice(1, -1) });
    else if (name !== undefined) tokens.push({ kind: "name", value: name });
    else tokens.push({ kind: "sign", value: sign ?? "" });
  }
  return [...tokens, { kind: "end", value: "" }];
}
