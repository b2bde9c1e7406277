import { z } from "zod";
import { AwsError } from "../gateway/aws-error.ts";
import type { JsonOperation } from "../gateway/json-protocol.ts";
import { PARAMETER_TYPES, type ParameterStore } from "./parameter-store.ts";
import { tagsIn } from "./tags.ts";

/** The gateway has checked lengths, patterns and enumerations. */
const input = z.object({
  Name: z.string(),
  Value: z.string(),
  Type: z.enum(PARAMETER_TYPES).optional(),
  Description: z.string().optional(),
  KeyId: z.string().optional(),
  Overwrite: z.boolean().default(false),
  AllowedPattern: z.string().optional(),
  Tier: z.enum(["Standard", "Advanced", "Intelligent-Tiering"]).optional(),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).default([]),
});

const STANDARD_LENGTH = 4096;
const ADVANCED_LENGTH = 8192;

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
export function putParameter(store: ParameterStore): JsonOperation {
  return async (body, request) => {
    const given = input.parse(body);
    request.authorize("ssm:PutParameter", store.arnOf(given.Name));
    checkName(given.Name);
    const existing = store.find(given.Name);
    if (existing !== undefined && !given.Overwrite) {
      throw new AwsError(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
      );
    }
    const type = given.Type ?? existing?.versions.at(-1)?.type;
    if (type === undefined) throw invalid("A parameter type is required when you create a parameter.");
    if (given.Overwrite && given.Tags.length > 0) {
      throw invalid(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
      );
    }
    const tier = tierFor(given.Value, given.Tier ?? existing?.tier ?? "Standard");
    if (given.AllowedPattern !== undefined && !new RegExp(given.AllowedPattern).test(given.Value)) {
      throw new AwsError(
        "ParameterPatternMismatchException",
        `Parameter value, cannot be validated against allowedPattern: ${given.AllowedPattern}`,
      );
    }
    const description = given.Description ?? existing?.description;
    const keyId = type === "SecureString" ? (given.KeyId ?? existing?.keyId ?? "alias/aws/ssm") : undefined;
    const { version } = store.put(
      {
        name: given.Name,
        tier,
        tags: existing?.tags ?? tagsIn(given.Tags),
        ...(description === undefined ? {} : { description }),
        ...(keyId === undefined ? {} : { keyId }),
      },
      { value: given.Value, type },
    );
    return { Version: version, Tier: tier };
  };
}

/** @throws AwsError AccessDeniedException, ValidationException */
export function checkName(name: string): void {
  if (/^\/?aws/i.test(name)) {
    throw new AwsError("AccessDeniedException", `No access to reserved parameter name: ${name}.`);
  }
  const rule =
    "formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_";
  if (/^\/?ssm/i.test(name)) {
    throw invalid(`Parameter name: can't be prefixed with "ssm" (case-insensitive). If ${rule}`);
  }
  if (!/^[\w.-]+$|^(?:\/[\w.-]+)+$/.test(name)) {
    throw invalid(
      name.includes("/") && !name.startsWith("/")
        ? "Parameter name must be a fully qualified name."
        : `Invalid parameter name. Please use correct syntax for parameter names. If ${rule}`,
    );
  }
}

function tierFor(value: string, asked: string): string {
  if (value.length > ADVANCED_LENGTH || (value.length > STANDARD_LENGTH && asked === "Standard")) {
    throw invalid(
      `${asked === "Standard" ? "Standard" : "Advanced"} tier parameters support a maximum parameter value of ${asked === "Standard" ? STANDARD_LENGTH : ADVANCED_LENGTH} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html`,
    );
  }
  if (asked !== "Intelligent-Tiering") return asked;
  return value.length > STANDARD_LENGTH ? "Advanced" : "Standard";
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}
