import { S3Client } from "@aws-sdk/client-s3";
import type { BusEvent, CloudContext } from "#local/context/cloud-context.ts";
import { createObjectsService } from "#local/objects/service.ts";
import { startOneService, type ServiceUnderTest } from "../../support/one-service.ts";

export interface ObjectsCloud extends ServiceUnderTest<ReturnType<typeof createObjectsService>> {
  readonly s3: S3Client;
  /** What reached the event bus, in order. */
  readonly events: BusEvent[];
}

/** The S3 service alone behind a gateway, with a bus that keeps what it gets and an identity that knows no keys. */
export async function startObjects(ports: Partial<CloudContext> = {}): Promise<ObjectsCloud> {
  const events: BusEvent[] = [];
  const test = await startOneService(createObjectsService, {
    events: { put: async (put) => void events.push(...put) },
    identity: {
      secretAccessKeyOf: () => undefined,
      credentialsFor: () => {
        throw new Error("no credentials are asked for");
      },
      roleAllowed: () => true,
      isTrustedBy: () => true,
      servicePrincipalAllowed: () => true,
    },
    ...ports,
  });
  const s3 = new S3Client({ ...test.client, forcePathStyle: true });
  return {
    ...test,
    s3,
    events,
    async stop() {
      s3.destroy();
      await test.stop();
    },
  };
}

/** Waits until a condition holds; the test's own timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
