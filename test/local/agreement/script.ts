/** What an SDK client wants. */
export interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly forcePathStyle: true;
  readonly maxAttempts: number;
}

/** One call, and what of its answer is compared. Steps run in order; later ones build on what earlier ones made. */
export type Step = readonly [title: string, call: () => Promise<unknown>];

/** The steps of one service. The same script runs against each cloud. */
export interface Script {
  readonly service: string;
  readonly steps: (settings: ClientSettings) => readonly Step[];
}

/** What a step gave: its answer, or the error's code and words, without what differs from run to run. */
export async function observe(script: Script, settings: ClientSettings): Promise<Record<string, unknown>> {
  const observed: Record<string, unknown> = {};
  for (const [title, call] of script.steps(settings)) {
    const outcome = await call().then(
      (answer) => answer,
      (error: unknown) => refusalOf(error),
    );
    observed[`${script.service}: ${title}`] = comparable(outcome ?? "done");
  }
  return observed;
}

function refusalOf(error: unknown): unknown {
  if (!(error instanceof Error)) throw error;
  return { error: error.name, message: error.message };
}

/** JSON, with account numbers, addresses, ids and times made equal. */
function comparable(value: unknown): unknown {
  const text = JSON.stringify(value, (key, member: unknown) => (key === "$metadata" ? undefined : member));
  return JSON.parse(
    text
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID")
      .replaceAll(/\b(123456789012|000000000000)\b/g, "ACCOUNT")
      .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "ENDPOINT")
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME"),
  ) as unknown;
}
