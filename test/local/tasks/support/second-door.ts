import { ECSClient } from "@aws-sdk/client-ecs";
import { AwsError } from "#local/gateway/aws-error.ts";
import { startGateway } from "#local/gateway/gateway.ts";
import type { LocalService } from "#local/gateway/service.ts";

interface Question {
  readonly action: string;
  readonly resource: string;
  readonly conditions: unknown;
}

/** The same service behind a second door, at which IAM is asked: what it is asked, and what it is to refuse. */
export async function openSecondDoor(test: {
  readonly service: LocalService;
  readonly client: { region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
}) {
  const asked: Question[] = [];
  const refused = new Set<string>();
  const gateway = await startGateway({
    port: 0,
    defaultRegion: "us-east-1",
    services: [test.service],
    authority: {
      principalOf: (accessKeyId) => ({ kind: "operator", accessKeyId: accessKeyId ?? "" }),
      authorize(_principal, action, resource, conditions) {
        asked.push({ action, resource, conditions });
        if (refused.has(action))
          throw new AwsError("AccessDenied", `not authorized to perform: ${action}`, 403);
      },
      decide: () => "allowed",
    },
    report: () => undefined,
  });
  const ecs = new ECSClient({ ...test.client, endpoint: gateway.endpoint, maxAttempts: 1 });
  return { asked, refused, ecs, close: () => gateway.close() };
}

export type SecondDoor = Awaited<ReturnType<typeof openSecondDoor>>;
