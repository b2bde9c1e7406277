import { createHash } from "node:crypto";
import { z } from "zod";
import { AwsError } from "../gateway/aws-error.ts";
import type { JsonOperation } from "../gateway/json-protocol.ts";
import { type Parameter, type ParameterStore, type ParameterVersion, selected } from "./parameter-store.ts";

const one = z.object({ Name: z.string(), WithDecryption: z.boolean().default(false) });
const several = z.object({ Names: z.array(z.string()), WithDecryption: z.boolean().default(false) });
const byPath = z.object({
  Path: z.string(),
  Recursive: z.boolean().default(false),
  WithDecryption: z.boolean().default(false),
  MaxResults: z.int().min(1).max(10).default(10),
  NextToken: z.string().optional(),
});
const description = z.object({
  MaxResults: z.int().min(1).max(50).default(50),
  NextToken: z.string().optional(),
  ParameterFilters: z
    .array(
      z.object({ Key: z.string(), Option: z.string().optional(), Values: z.array(z.string()).default([]) }),
    )
    .default([]),
});

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html and its siblings */
export function readOperations(store: ParameterStore): Readonly<Record<string, JsonOperation>> {
  return {
    async GetParameter(body, request) {
      const { Name, WithDecryption } = one.parse(body);
      request.authorize("ssm:GetParameter", store.arnOf(Name));
      const { parameter, version } = selected(store, Name);
      return { Parameter: shape(store, parameter, version, WithDecryption) };
    },

    async GetParameters(body, request) {
      const { Names, WithDecryption } = several.parse(body);
      for (const name of Names) request.authorize("ssm:GetParameters", store.arnOf(name));
      const found = Names.map((name) => {
        try {
          const { parameter, version } = selected(store, name);
          return { name, parameter: shape(store, parameter, version, WithDecryption) };
        } catch (error) {
          if (error instanceof AwsError) return { name };
          throw error;
        }
      });
      return {
        Parameters: found.flatMap(({ parameter }) => parameter ?? []),
        InvalidParameters: found.filter(({ parameter }) => parameter === undefined).map(({ name }) => name),
      };
    },

    async GetParametersByPath(body, request) {
      const { Path, Recursive, WithDecryption, MaxResults, NextToken } = byPath.parse(body);
      request.authorize("ssm:GetParametersByPath", store.arnOf(Path));
      if (!Path.startsWith("/")) {
        throw new AwsError(
          "ValidationException",
          'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/".',
        );
      }
      const prefix = Path.endsWith("/") ? Path : `${Path}/`;
      const below = store
        .all()
        .filter(
          ({ name }) => name.startsWith(prefix) && (Recursive || !name.slice(prefix.length).includes("/")),
        );
      const { items, rest } = page(below, MaxResults, NextToken);
      const parameters = items.map((parameter) => {
        const version = parameter.versions.at(-1);
        return version === undefined ? [] : [shape(store, parameter, version, WithDecryption)];
      });
      return { Parameters: parameters.flat(), ...rest };
    },

    async DescribeParameters(body, request) {
      const { MaxResults, NextToken, ParameterFilters } = description.parse(body);
      request.authorize("ssm:DescribeParameters", "*");
      const matching = store
        .all()
        .filter((parameter) => ParameterFilters.every((filter) => matches(parameter, filter)));
      const { items, rest } = page(matching, MaxResults, NextToken);
      return { Parameters: items.map((parameter) => described(store, parameter)), ...rest };
    },
  };
}

function shape(
  store: ParameterStore,
  { name }: Parameter,
  { value, type, version, modifiedAt }: ParameterVersion,
  decrypted: boolean,
): Record<string, unknown> {
  return {
    Name: name,
    Type: type,
    Value: type === "SecureString" && !decrypted ? sealed(value) : value,
    Version: version,
    LastModifiedDate: modifiedAt / 1000,
    ARN: store.arnOf(name),
    DataType: "text",
  };
}

/** What somebody gets who does not ask for decryption: text that tells nothing. */
function sealed(value: string): string {
  return createHash("sha512").update(`sealed ${value}`).digest("base64");
}

function described(store: ParameterStore, parameter: Parameter): Record<string, unknown> {
  const latest = parameter.versions.at(-1);
  return {
    Name: parameter.name,
    ARN: store.arnOf(parameter.name),
    Type: latest?.type,
    KeyId: parameter.keyId,
    LastModifiedDate: (latest?.modifiedAt ?? 0) / 1000,
    Description: parameter.description,
    Version: latest?.version,
    Tier: parameter.tier,
    Policies: [],
    DataType: "text",
  };
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html */
function matches(
  parameter: Parameter,
  { Key, Option = "Equals", Values }: { Key: string; Option?: string | undefined; Values: string[] },
): boolean {
  const value = { Name: parameter.name, Type: parameter.versions.at(-1)?.type, Tier: parameter.tier }[Key];
  if (value === undefined)
    throw new AwsError("InvalidFilterKey", `The filter key ${Key} is not served by the local cloud.`);
  if (Option === "Equals") return Values.includes(value);
  if (Option === "BeginsWith") return Values.some((start) => value.startsWith(start));
  if (Option === "Contains") return Values.some((part) => value.includes(part));
  throw new AwsError("InvalidFilterOption", `The filter option ${Option} is not valid for ${Key}.`);
}

function page<T>(
  items: readonly T[],
  size: number,
  token: string | undefined,
): { items: T[]; rest: { NextToken?: string } } {
  const start = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(start)) throw new AwsError("InvalidNextToken", "The specified token isn't valid.");
  const end = start + size;
  return { items: items.slice(start, end), rest: end < items.length ? { NextToken: String(end) } : {} };
}
