import { AwsError } from "../../gateway/aws-error.ts";

/** What CloudFormation answers to a template, a parameter or a state that it does not accept. */
export function validationError(message: string): AwsError {
  return new AwsError("ValidationError", message);
}

export function formatError(message: string): AwsError {
  return validationError(`Template format error: ${message}`);
}

export function templateError(message: string): AwsError {
  return validationError(`Template error: ${message}`);
}
