import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

export const LOCAL_STAGE = "local";

/** The local cloud is one Region. */
export const LOCAL_REGION = "us-east-1";

const CloudFile = z.object({ endpoint: z.url() });

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
  const endpoint = environment.AWS_ENDPOINT_URL ?? (await recordedEndpoint(serviceDir));
  if (endpoint === undefined || !(await answers(endpoint))) return undefined;
  environment.AWS_ENDPOINT_URL = endpoint;
  environment.AWS_ACCESS_KEY_ID = "local";
  environment.AWS_SECRET_ACCESS_KEY = "local";
  environment.AWS_REGION = LOCAL_REGION;
  for (const name of ["AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"]) delete environment[name];
  // How often the framework asks whether the stack is done; in AWS that takes minutes, here a moment.
  environment.SLS_AWS_MONITORING_FREQUENCY ??= "200";
  return endpoint;
}

/** What `npm start` wrote down of the cloud that it runs. */
async function recordedEndpoint(serviceDir: string): Promise<string | undefined> {
  const text = await readFile(join(serviceDir, ".slipway", "cloud.json"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : CloudFile.parse(JSON.parse(text)).endpoint;
}

/** Any answer will do: a cloud that was killed leaves its file behind. */
async function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint, { signal: AbortSignal.timeout(5_000) }).then(
    () => true,
    () => false,
  );
}
