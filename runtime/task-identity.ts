import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

const TaskMetadata = z.object({ TaskARN: z.string().min(1) });
const TRIES = 5;
const TRY_TIMEOUT_MS = 2000;

/**
 * Who this task is: its ARN from the metadata endpoint
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html), or, outside ECS, its host and process.
 * @throws where ECS has an endpoint that does not answer: a task that guesses its name could take another's run
 */
export async function readTaskArn(metadataUrl: string | undefined): Promise<string> {
  if (metadataUrl === undefined) return `host/${hostname()}/${process.pid}`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await fetch(`${metadataUrl}/task`, { signal: AbortSignal.timeout(TRY_TIMEOUT_MS) });
      return TaskMetadata.parse(await answer.json()).TaskARN;
    } catch (error) {
      if (attempt === TRIES)
        throw new Error("The ECS metadata endpoint does not tell the task's ARN.", { cause: error });
      await sleep(attempt * 100);
    }
  }
}
