/**
 * Writes tables/*.json, what can be wrong with the input of the operations that the cloud serves, from AWS's API models in
 * Debian's python3-botocore:
 *
 *   apt-get download python3-botocore && dpkg -x python3-botocore_*.deb FOLDER
 *   node local/gateway/constraints/extract.ts FOLDER/usr/lib/python3/dist-packages/botocore/data "python3-botocore VERSION"
 *
 * The tables are all that the cloud needs at run time.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { wholeText, type ConstraintTable, type Shape } from "./constraint-table.ts";
import { CORRECTIONS } from "./corrections.ts";
import { SERVED, type ServedModel } from "./served-operations.ts";

interface ModelMember {
  readonly shape: string;
  readonly location?: string;
  readonly locationName?: string;
  readonly jsonvalue?: boolean;
}

interface ModelShape {
  readonly type: string;
  readonly members?: Readonly<Record<string, ModelMember>>;
  readonly required?: readonly string[];
  readonly member?: ModelMember;
  readonly key?: ModelMember;
  readonly value?: ModelMember;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly sensitive?: boolean;
}

interface Model {
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, ModelShape>>;
}

const [folder, source] = process.argv.slice(2);
if (folder === undefined || source === undefined) throw new Error("usage: node extract.ts FOLDER SOURCE");
for (const served of SERVED) {
  const file = join(folder, served.folder, served.version, "service-2.json");
  const table = tableOf(served, JSON.parse(readFileSync(file, "utf8")) as Model);
  writeFileSync(join(import.meta.dirname, "tables", `${served.folder}.json`), written(table));
}

function tableOf(served: ServedModel, model: Model): ConstraintTable {
  const shapes = new Map<string, Shape>();
  const visit = (name: string): string => {
    const shape = model.shapes[name];
    if (shape === undefined) throw new Error(`${served.folder} has no shape ${name}`);
    if (!shapes.has(name)) {
      // Recursive shapes meet themselves.
      shapes.set(name, { type: "string" });
      shapes.set(name, corrected(served.folder, name, reduced(shape, visit)));
    }
    const found = shapes.get(name);
    if (found === undefined || Object.keys(found).length > 1) return name;
    shapes.delete(name);
    return found.type;
  };
  const operations: Record<string, string> = {};
  for (const name of served.operations.split(/\s+/)) {
    const operation = model.operations[name];
    if (operation === undefined) throw new Error(`${served.folder} has no operation ${name}`);
    if (operation.input !== undefined) operations[name] = visit(operation.input.shape);
  }
  for (const [name, input] of Object.entries(CORRECTIONS[served.folder]?.operations ?? {})) {
    operations[name] = `${name}Request`;
    shapes.set(`${name}Request`, input);
  }
  return {
    source: `${source}, ${served.folder}/${served.version}`,
    operations,
    shapes: Object.fromEntries(shapes),
  };
}

function reduced(shape: ModelShape, visit: (name: string) => string): Shape {
  const limits = {
    ...(shape.min === undefined ? {} : { min: shape.min }),
    ...(shape.max === undefined ? {} : { max: shape.max }),
  };
  if (shape.type === "structure") return reducedStructure(shape, visit);
  if (shape.type === "list") return { type: "list", member: visit(shape.member?.shape ?? ""), ...limits };
  if (shape.type === "map") {
    return {
      type: "map",
      key: visit(shape.key?.shape ?? ""),
      value: visit(shape.value?.shape ?? ""),
      ...limits,
    };
  }
  if (shape.pattern !== undefined) wholeText(shape.pattern);
  return {
    type: shape.type,
    ...limits,
    ...(shape.pattern === undefined ? {} : { pattern: shape.pattern }),
    ...(shape.enum === undefined ? {} : { enum: shape.enum }),
    ...(shape.sensitive === true ? { sensitive: true } : {}),
  } as Shape;
}

/**
 * Members in headers have no place in the input that the gateway puts together; those in the path and the query have the
 * names that stand there.
 */
function reducedStructure(shape: ModelShape, visit: (name: string) => string): Shape {
  const members = Object.entries(shape.members ?? {}).filter(([, member]) => member.location !== "header");
  const sentName = new Map(
    members.map(([name, member]) => [
      name,
      member.location === undefined ? name : (member.locationName ?? name),
    ]),
  );
  const required = (shape.required ?? []).flatMap((name) => sentName.get(name) ?? []);
  return {
    type: "structure",
    ...(required.length === 0 ? {} : { required }),
    members: Object.fromEntries(
      members.map(([name, member]) => [sentName.get(name), memberShape(member, visit)]),
    ),
  };
}

function memberShape(member: ModelMember, visit: (name: string) => string): string {
  return member.jsonvalue === true ? "jsonvalue" : visit(member.shape);
}

function corrected(service: string, name: string, shape: Shape): Shape {
  const correction = CORRECTIONS[service]?.shapes[name];
  if (correction === undefined) return shape;
  const members = Object.entries({ ...shape, ...correction }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members) as unknown as Shape;
}

/** One shape a line, in the alphabet's order, so that a change reads as one. */
function written(table: ConstraintTable): string {
  const shapes = Object.entries(table.shapes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, shape]) => `    ${JSON.stringify(name)}: ${JSON.stringify(shape)}`);
  const operations = Object.entries(table.operations).map(
    ([name, input]) => `    ${JSON.stringify(name)}: ${JSON.stringify(input)}`,
  );
  return [
    "{",
    `  "source": ${JSON.stringify(table.source)},`,
    `  "operations": {\n${operations.join(",\n")}\n  },`,
    `  "shapes": {\n${shapes.join(",\n")}\n  }`,
    "}\n",
  ].join("\n");
}
