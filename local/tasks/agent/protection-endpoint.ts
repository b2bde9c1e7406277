import { z } from "zod";
import type { Ecs } from "../ecs.ts";
import type { TaskRecord } from "../model/task.ts";
import {
  isAllowedExpiry,
  protect,
  protectionFailure,
  protectionOf,
  type ProtectedTask,
  type ProtectionFailure,
} from "../services/task-protection.ts";

const protection = z.strictObject({
  ProtectionEnabled: z.boolean(),
  ExpiresInMinutes: z.number().optional(),
});

export interface ProtectionRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly task: TaskRecord;
  /** The agent calls ECS with the keys of the task role. */
  readonly roleArn: string | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * `$ECS_AGENT_URI/task-protection/v1/state`. What ECS cannot do comes back as `failure` with status 200, what the agent or
 * IAM refuses as `error`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 */
export function answerProtection(ecs: Ecs, request: ProtectionRequest): Answer {
  const { task, method, path } = request;
  if (path !== "task-protection/v1/state")
    return { status: 404, body: { message: `no agent API at /${path}` } };
  if (method === "GET") {
    const refused = refusal(ecs, request, "ecs:GetTaskProtection");
    if (refused !== undefined) return refused;
    return told(protectionFailure(ecs, task) ?? protectionOf(task, ecs.context.clock.now()));
  }
  if (method !== "PUT") return { status: 405, body: { message: `${method} is not allowed` } };
  const wanted = protection.safeParse(parsed(request.body));
  if (!wanted.success)
    return error(task, 400, "InvalidParameterException", "UpdateTaskProtection: failed to decode request");
  const { ProtectionEnabled, ExpiresInMinutes } = wanted.data;
  if (!isAllowedExpiry(ExpiresInMinutes)) {
    return error(
      task,
      400,
      "InvalidParameterException",
      "expiresInMinutes must be between 1 and 2880 minutes.",
    );
  }
  const refused = refusal(ecs, request, "ecs:UpdateTaskProtection");
  if (refused !== undefined) return refused;
  return told(
    protect(ecs, task, { protectionEnabled: ProtectionEnabled, expiresInMinutes: ExpiresInMinutes }),
  );
}

function refusal(ecs: Ecs, { task, roleArn }: ProtectionRequest, action: string): Answer | undefined {
  if (roleArn === undefined) {
    return error(
      task,
      403,
      "AccessDeniedException",
      "Invalid Request: no task IAM role credentials available for task",
    );
  }
  if (ecs.context.identity.roleAllowed(roleArn, action, task.taskArn)) return undefined;
  const text = `User: ${roleArn} is not authorized to perform: ${action} on resource: ${task.taskArn} because no identity-based policy allows the ${action} action`;
  return error(task, 400, "AccessDeniedException", text);
}

function told(result: ProtectedTask | ProtectionFailure): Answer {
  if ("reason" in result) {
    const failure = { Arn: result.arn, Detail: result.detail ?? null, Reason: result.reason };
    return { status: 200, body: { failure } };
  }
  const expires = result.expirationDate;
  return {
    status: 200,
    body: {
      protection: {
        ExpirationDate: expires === undefined ? null : new Date(expires * 1000).toISOString(),
        ProtectionEnabled: result.protectionEnabled,
        TaskArn: result.taskArn,
      },
    },
  };
}

function error(task: TaskRecord, status: number, Code: string, Message: string): Answer {
  return { status, body: { error: { Arn: task.taskArn, Code, Message } } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
