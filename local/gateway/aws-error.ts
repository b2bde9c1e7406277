/** An error as AWS words it: the code clients switch on, the sentence people read, the HTTP status. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  readonly code: string;
  readonly status: number;
  /** Further members of the error document, e.g. `resourceIds` of ECS' ConflictException. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, members: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

/** What the local cloud does not do is refused by name, never ignored. */
export function notImplemented(what: string): AwsError {
  return new AwsError("NotImplemented", `The local cloud does not implement ${what}.`, 501);
}
