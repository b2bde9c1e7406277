import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

export const LOCAL_STAGE = "local";

/** The local cloud is one Region. */
export const LOCAL_REGION = "us-east-1";

const CloudsFile = z.array(z.object({ endpoint: z.url() }));

/**
 * Points every AWS client of this process at the local cloud: the endpoint of the environment, else of the cloud that runs
 * from this clone. The operator's keys may be any, so those of a real account are not even signed with.
 *
 * @returns the endpoint, or nothing where no local cloud answers.
 */
export async function useLocalCloud(
  serviceDir: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const named = environment.AWS_ENDPOINT_URL;
  const endpoint = await firstThatAnswers(
    named === undefined ? await recordedEndpoints(serviceDir) : [named],
  );
  if (endpoint === undefined) return undefined;
  environment.AWS_ENDPOINT_URL = endpoint;
  environment.AWS_ACCESS_KEY_ID = "local";
  environment.AWS_SECRET_ACCESS_KEY = "local";
  environment.AWS_REGION = LOCAL_REGION;
  for (const name of ["AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"]) delete environment[name];
  // How often the framework asks whether the stack is done; in AWS that takes minutes, here a moment.
  environment.SLS_AWS_MONITORING_FREQUENCY ??= "200";
  return endpoint;
}

/** What `npm start` wrote down of the clouds that it runs, the last started first. */
async function recordedEndpoints(serviceDir: string): Promise<string[]> {
  const text = await readFile(join(serviceDir, ".slipway", "clouds.json"), "utf8").catch(() => "[]");
  return CloudsFile.parse(JSON.parse(text)).map(({ endpoint }) => endpoint);
}

async function firstThatAnswers(endpoints: readonly string[]): Promise<string | undefined> {
  for (const endpoint of endpoints) if (await answers(endpoint)) return endpoint;
  return undefined;
}

/** Any answer will do: a cloud that was killed leaves its file behind. */
async function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint, { signal: AbortSignal.timeout(5_000) }).then(
    () => true,
    () => false,
  );
}
