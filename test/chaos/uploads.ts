import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { setTimeout as sleep } from "node:timers/promises";
import { clientOptions, type Stage } from "../../cli/stage.ts";
import { drawPicture, type Picture } from "./pictures.ts";

const AT_ONCE = 4;
const RETRY_MS = 250;
const REQUEST_MS = 15_000;

/** What S3 said yes to, and how often it had to be asked again. */
export interface Uploads {
  readonly accepted: Map<string, { readonly picture: Picture; readonly at: string }>;
  retries: number;
}

/**
 * Uploads every picture, spread over time, each again and again until S3 has taken it. Puts are conditional on the key being
 * new: of a put whose answer was lost, the next one says that it has worked, and no second version comes to be.
 */
export async function uploadAll(
  stage: Stage,
  plan: { pictures: readonly Picture[]; bucket: string; perSecond: number; signal: AbortSignal },
  uploads: Uploads,
): Promise<void> {
  const client = new S3Client({ ...clientOptions(stage), maxAttempts: 1 });
  const from = performance.now();
  const waiting = plan.pictures.entries();
  const work = async (): Promise<void> => {
    for (const [index, picture] of waiting) {
      const due = from + (index / plan.perSecond) * 1000;
      await sleep(Math.max(0, due - performance.now()), undefined, { signal: plan.signal });
      const put = {
        Bucket: plan.bucket,
        Key: picture.key,
        Body: await drawPicture(picture),
        IfNoneMatch: "*",
      };
      while (!(await isAccepted(client, put, plan.signal))) {
        uploads.retries += 1;
        await sleep(RETRY_MS, undefined, { signal: plan.signal });
      }
      uploads.accepted.set(picture.key, { picture, at: new Date().toISOString() });
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    client.destroy();
  }
}

async function isAccepted(
  client: S3Client,
  put: ConstructorParameters<typeof PutObjectCommand>[0],
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]);
    await client.send(new PutObjectCommand(put), { abortSignal });
    return true;
  } catch (error) {
    signal.throwIfAborted();
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (status === 412) return true;
    // No answer, a service that is down, or another put of the same key under way; anything else is our own mistake.
    if (status === undefined || status === 409 || status >= 500) return false;
    throw error;
  }
}
