/** Escapes text for XML, control characters included, so that any key or message survives the way back. */
export function escapeXml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what has to be escaped
  return text.replace(/[&<>"'\u0000-\u001f\u007f]/g, (character) => {
    const named = ENTITIES[character];
    return named ?? `&#${character.charCodeAt(0)};`;
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/**
 * Writes a document as the query protocol wants it: objects become elements, arrays become <member> lists,
 * absent members are left out, dates are ISO 8601.
 */
export function toXml(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => `<member>${toXml(item)}</member>`).join("");
  if (typeof value === "object") {
    return Object.entries(value)
      .filter(([, member]) => member !== undefined && member !== null)
      .map(([name, member]) => `<${name}>${toXml(member)}</${name}>`)
      .join("");
  }
  return escapeXml(String(value));
}
