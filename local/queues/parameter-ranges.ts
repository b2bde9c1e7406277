import { AwsError } from "../gateway/aws-error.ts";

type Input = Readonly<Record<string, unknown>>;

/** Limits that SQS' model does not hold, in the words of its servers. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const RANGES: Readonly<Record<string, readonly [least: number, most: number, reason: string]>> = {
  DelaySeconds: [0, 900, "DelaySeconds must be >= 0 and <= 900."],
  MaxNumberOfMessages: [1, 10, "Must be between 1 and 10, if provided."],
  WaitTimeSeconds: [0, 20, "Must be >= 0 and <= 20, if provided."],
  VisibilityTimeout: [0, 43_200, "Must be between 0 and 43200."],
};

/** @throws AwsError InvalidParameterValue */
export function checkRanges(input: Input): void {
  for (const [name, [least, most, reason]] of Object.entries(RANGES)) {
    const value = input[name];
    if (typeof value === "number" && (value < least || value > most)) {
      throw new AwsError(
        "InvalidParameterValue",
        `Value ${value} for parameter ${name} is invalid. Reason: ${reason}`,
      );
    }
  }
}

/** The entries of a batch that may go on, and what the answer tells of the others: they fail by themselves. */
export function dividedEntries(entries: readonly Input[]): { fit: Input[]; failed: Input[] } {
  const failed = entries.flatMap((entry) => {
    try {
      checkRanges(entry);
      return [];
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return [{ Id: entry["Id"], SenderFault: true, Code: error.code, Message: error.message }];
    }
  });
  const unfit = new Set(failed.map((failure) => failure.Id));
  return { fit: entries.filter((entry) => !unfit.has(entry["Id"])), failed };
}
