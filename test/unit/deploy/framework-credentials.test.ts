import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { useFrameworkCredentials } from "#infrastructure/plugin/framework-credentials.ts";

type Keys = () => Promise<{ readonly accessKeyId: string; readonly sessionToken?: string }>;

/** The framework's own answer, so that a newer one with another order is noticed here. */
const { getAwsSdkV3CredentialsProvider } = createRequire(import.meta.url)(
  "serverless/lib/aws/credentials.js",
) as { getAwsSdkV3CredentialsProvider(of: { provider: object }): Keys };

const PROFILES = ["default", "command", "stage", "named", "service", "fallback"];
const keysOf = (prefix: string) => ({
  [`${prefix}_ACCESS_KEY_ID`]: `keys of ${prefix}`,
  [`${prefix}_SECRET_ACCESS_KEY`]: "secret",
});

const before = process.env;
let folder: string;
let home: NodeJS.ProcessEnv;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "profiles-"));
  const file = join(folder, "credentials");
  writeFileSync(
    file,
    PROFILES.map((name) => `[${name}]\naws_access_key_id = ${name}\naws_secret_access_key = secret\n`).join(
      "\n",
    ),
  );
  home = { AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: join(folder, "config") };
});
afterEach(() => {
  process.env = before;
  rmSync(folder, { recursive: true, force: true });
});

/** What the framework signs with, and then what a client of the plugin does. */
async function bothSignWith(
  environment: NodeJS.ProcessEnv,
  named: { commandProfile?: string; serviceProfile?: string },
): Promise<string[]> {
  process.env = { ...home, ...environment };
  const provider = {
    getStage: () => "prod",
    options: { "aws-profile": named.commandProfile },
    serverless: { service: { provider: { profile: named.serviceProfile } } },
  };
  const framework = await getAwsSdkV3CredentialsProvider({ provider })();
  useFrameworkCredentials(process.env, { stage: "prod", ...named });
  const plugin = await new STSClient({ region: "eu-west-1" }).config.credentials();
  const after = await getAwsSdkV3CredentialsProvider({ provider })();
  return [framework, plugin, after].map((keys) => `${keys.accessKeyId} ${keys.sessionToken ?? "for ever"}`);
}

const ALL = {
  AWS_PROD_PROFILE: "stage",
  ...keysOf("AWS_PROD"),
  AWS_PROFILE: "named",
  AWS_DEFAULT_PROFILE: "fallback",
};
const serviceProfile = "service";

test.each([
  ["the profile of the command", "command", ALL, { commandProfile: "command", serviceProfile }],
  ["the stage's profile", "stage", ALL, { serviceProfile }],
  ["the stage's keys", "keys of AWS_PROD", { ...ALL, AWS_PROD_PROFILE: "" }, { serviceProfile }],
  [
    "the stage's keys, and no token of other keys",
    "keys of AWS_PROD",
    { ...keysOf("AWS"), AWS_SESSION_TOKEN: "other", ...keysOf("AWS_PROD") },
    {},
  ],
  ["the profile of the environment", "named", { AWS_PROFILE: "named" }, { serviceProfile }],
  ["the keys of the environment", "keys of AWS", keysOf("AWS"), { serviceProfile }],
  ["the service's profile", "service", { AWS_DEFAULT_PROFILE: "fallback" }, { serviceProfile }],
  ["the default profile by another name", "fallback", { AWS_DEFAULT_PROFILE: "fallback" }, {}],
  ["the default profile", "default", {}, {}],
])("the plugin signs with what the framework does: %s", async (_what, expected, environment, named) => {
  const keys = `${expected} for ever`;

  expect(await bothSignWith(environment, named)).toEqual([keys, keys, keys]);
});
