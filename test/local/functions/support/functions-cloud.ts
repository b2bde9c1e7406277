import { EventEmitter, once } from "node:events";
import {
  LambdaClient,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  InvokeCommand,
} from "@aws-sdk/client-lambda";
import type { CloudContext, IdentityPort, LogLine } from "#local/context/cloud-context.ts";
import type { FunctionsOptions } from "#local/functions/options.ts";
import { createFunctionsService } from "#local/functions/service.ts";
import { zipOf } from "./zip-of.ts";
import { startOneService } from "../../support/one-service.ts";

export const ROLE = "arn:aws:iam::000000000000:role/worker";

/** Lambda alone behind the real gateway, with a log that is kept and roles that may do everything. */
export async function startFunctions(
  options: {
    ports?: Partial<CloudContext>;
    functions?: Partial<FunctionsOptions>;
    /** Actions that no role may do. */
    denied?: ReadonlySet<string>;
    servicePrincipalAllowed?: IdentityPort["servicePrincipalAllowed"];
  } = {},
) {
  const logs = new RecordedLogs();
  const test = await startOneService((context) => createFunctionsService(context, options.functions), {
    logs,
    identity: {
      secretAccessKeyOf: () => undefined,
      credentialsFor: (_, sessionName) => ({
        accessKeyId: "ASIALOCAL",
        secretAccessKey: `secret of ${sessionName}`,
        sessionToken: "token",
        expiration: new Date(Date.now() + 3_600_000).toISOString(),
      }),
      isTrustedBy: () => true,
      roleAllowed: (_, action) => options.denied?.has(action) !== true,
      servicePrincipalAllowed: options.servicePrincipalAllowed ?? (() => true),
    },
    ...options.ports,
  });
  const lambda = new LambdaClient({ ...test.client, maxAttempts: 1 });
  return {
    ...test,
    logs,
    lambda,
    /** Creates a function of one file. */
    async create(
      name: string,
      files: Readonly<Record<string, string>>,
      input: Partial<CreateFunctionCommandInput> = {},
    ) {
      return lambda.send(
        new CreateFunctionCommand({
          FunctionName: name,
          Runtime: "nodejs24.x",
          Handler: "index.handler",
          Role: ROLE,
          Timeout: 10,
          Code: { ZipFile: zipOf(files) },
          ...input,
        }),
      );
    },
    /** Invokes it and reads what came back. */
    async invoke(name: string, payload: unknown = {}) {
      const answer = await lambda.send(
        new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(payload), LogType: "Tail" }),
      );
      return {
        ...answer,
        result: JSON.parse(Buffer.from(answer.Payload ?? []).toString("utf8")) as Record<string, unknown>,
        log: Buffer.from(answer.LogResult ?? "", "base64").toString("utf8"),
      };
    },
  };
}

/** CloudWatch Logs as far as Lambda needs it. */
class RecordedLogs {
  readonly lines: { group: string; stream: string; message: string }[] = [];
  readonly #arrived = new EventEmitter();

  hasGroup(): boolean {
    return true;
  }

  append(group: string, stream: string, lines: readonly LogLine[]): void {
    this.lines.push(...lines.map(({ message }) => ({ group, stream, message })));
    this.#arrived.emit("lines");
  }

  /** Waits until a message matches. */
  async match(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      for (const { message } of this.lines) {
        const match = pattern.exec(message);
        if (match !== null) return match;
      }
      await once(this.#arrived, "lines");
    }
  }
}
