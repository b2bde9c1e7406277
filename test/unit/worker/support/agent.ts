import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the ECS agent answers about the protection of a task, as a test wants it, and what it was asked. */
export class Agent implements AsyncDisposable {
  readonly #server: Server;
  /** Each state that was asked for, in order. */
  readonly asked: boolean[] = [];
  answer: "as asked" | "DEPLOYMENT_BLOCKED" | "AccessDeniedException" = "as asked";

  private constructor() {
    this.#server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const { ProtectionEnabled } = JSON.parse(Buffer.concat(chunks).toString()) as {
          ProtectionEnabled: boolean;
        };
        if (request.method !== "PUT" || request.url !== "/api/x/task-protection/v1/state")
          throw new Error("no such API");
        this.asked.push(ProtectionEnabled);
        response.end(JSON.stringify(this.#answerTo(ProtectionEnabled)));
      })();
    });
  }

  static async start(): Promise<Agent> {
    const agent = new Agent();
    agent.#server.listen(0, "127.0.0.1");
    await once(agent.#server, "listening");
    return agent;
  }

  get isProtected(): boolean {
    return this.asked.at(-1) === true;
  }

  get environment(): Record<string, string> {
    return { ECS_AGENT_URI: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/x` };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answerTo(ProtectionEnabled: boolean): object {
    const TaskArn = "arn:aws:ecs:us-east-1:123456789012:task/slipway/x";
    if (this.answer === "DEPLOYMENT_BLOCKED")
      return { failure: { Arn: TaskArn, Reason: "DEPLOYMENT_BLOCKED", Detail: null } };
    if (this.answer === "AccessDeniedException")
      return { error: { Arn: TaskArn, Code: "AccessDeniedException", Message: "not allowed" } };
    return { protection: { ExpirationDate: null, ProtectionEnabled, TaskArn } };
  }
}
