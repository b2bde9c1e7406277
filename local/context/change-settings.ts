import type { z } from "zod";

/**
 * Changes the named settings of a service in place and leaves the others.
 * @returns all of them as they are now, in a document of its own: who keeps it to set them back later must not see it change
 * @throws ZodError that names what is no setting
 */
export function changeSettings<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  current: z.output<z.ZodObject<Shape>>,
  change: unknown,
): z.output<z.ZodObject<Shape>> {
  const parsed: Record<string, unknown> = schema.partial().parse(change);
  // What was not named comes out of the schema as its default.
  for (const name of Object.keys(change as object)) Object.assign(current, { [name]: parsed[name] });
  return structuredClone(current);
}
