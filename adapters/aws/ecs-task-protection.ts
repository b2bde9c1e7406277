import { z } from "zod";
import type { TaskProtection } from "#core/ports/work-queue.ts";

/** Of one call to the agent on the same host; a worker that waits for minutes here works at nothing. */
const CALL_TIMEOUT_MS = 3000;
const TRIES = 3;
/** Longer than the time between two renewals, and short enough not to hold up a deployment for a worker that has died. */
const EXPIRES_IN_MINUTES = 30;

const Answer = z.object({
  protection: z.object({ ProtectionEnabled: z.boolean() }).optional(),
  failure: z.object({ Reason: z.string().nullish(), Detail: z.string().nullish() }).optional(),
  error: z.object({ Code: z.string().nullish(), Message: z.string().nullish() }).optional(),
});

/**
 * The endpoint that the ECS agent gives each task of a service.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 */
export class EcsTaskProtection implements TaskProtection {
  readonly #url: string;

  /** @param agentUri the environment variable ECS_AGENT_URI */
  constructor(agentUri: string) {
    this.#url = `${agentUri}/task-protection/v1/state`;
  }

  async take(): Promise<"taken" | "refused"> {
    const { protection, failure, error } = await this.#put({
      ProtectionEnabled: true,
      ExpiresInMinutes: EXPIRES_IN_MINUTES,
    });
    if (protection?.ProtectionEnabled === true) return "taken";
    if (failure?.Reason === "DEPLOYMENT_BLOCKED") return "refused";
    throw new Error(
      `ECS does not protect this task: ${failure?.Reason ?? error?.Code ?? "no answer"} ${failure?.Detail ?? error?.Message ?? ""}`.trim(),
    );
  }

  async giveBack(): Promise<void> {
    await this.#put({ ProtectionEnabled: false });
  }

  async #put(state: object): Promise<z.infer<typeof Answer>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const response = await fetch(this.#url, {
          method: "PUT",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(state),
          signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
        });
        return Answer.parse(await response.json());
      } catch (error) {
        if (attempt === TRIES)
          throw new Error("The ECS agent does not answer about task protection.", { cause: error });
      }
    }
  }
}

/** Outside of a service nobody scales the worker in. */
export const NO_PROTECTION: TaskProtection = { take: async () => "taken", giveBack: async () => undefined };
