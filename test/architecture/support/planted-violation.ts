import type { Template } from "./package-service.ts";

/** Where a violation is planted, as a path into the resources, and what stands there then; nothing takes it out. */
export interface Plant {
  readonly path: string;
  readonly value?: unknown;
}

/** The template with the violation in it. @throws Error where it has no such place */
export function withViolation(template: Template, { path, value }: Plant): Template {
  const broken = structuredClone(template);
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  let place: object = broken.Resources;
  for (const step of steps) {
    const next: unknown = Array.isArray(place) ? place.at(Number(step)) : Reflect.get(place, step);
    if (typeof next !== "object" || next === null) throw new Error(`The template has no ${path}.`);
    place = next;
  }
  if (!Object.hasOwn(place, last)) throw new Error(`The template has no ${path}.`);
  if (value === undefined) Reflect.deleteProperty(place, last);
  else Reflect.set(place, last, value);
  return broken;
}
