import { type Command, InvalidArgumentError } from "commander";
import { z } from "zod";
import { printJson } from "../command-context.ts";
import { localControl } from "../local-cloud.ts";
import { resolveStage } from "../stage.ts";
import { table } from "../table.ts";

const Fault = z.object({
  name: z.string(),
  does: z.string(),
  takes: z.array(z.string()),
  on: z.record(z.string(), z.unknown()).optional(),
});
type Fault = z.infer<typeof Fault>;

/** How people spell the settings of faults. */
interface SetOptions {
  readonly share?: number;
  readonly count?: number;
  readonly for?: number;
  readonly delay?: number;
  readonly operation?: string[];
  readonly table?: string;
  readonly error?: string;
  readonly group?: string;
  readonly reason?: string;
  readonly provider?: string;
  readonly function?: string;
  readonly service?: string;
  readonly call?: number;
  readonly when?: string;
  readonly invocation?: number;
  readonly match?: object;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  npx slipway faults                                        what can go wrong, and what is on
  npx slipway faults set throttle --share 0.3 --for 60s     three of ten calls of ECS are refused for a minute
  npx slipway faults set noCapacity --provider FARGATE_SPOT --for 5m
  npx slipway faults set lostEvents --count 1               the next event is lost
  npx slipway faults set lambdaCrash --function slipway-local-intake --call 2 --when after --count 1
  npx slipway faults set tableThrottle --share 0.2 --operation PutItem --operation UpdateItem
  npx slipway faults clear                                  all is well again
`;

/** `faults`, `faults set`, `faults clear`: what AWS does wrong, in the local cloud. */
export function addFaultsCommand(program: Command): void {
  const faults = program
    .command("faults")
    .description("Let the local cloud go wrong as AWS may: throttles, lost events, no capacity, crashes.")
    .addHelpText("after", EXAMPLES);
  faults
    .command("list", { isDefault: true })
    .description("List all faults and those that are on; this is the default.")
    .option("--json", "print one JSON document: an array of faults")
    .action((options: { json?: boolean }, command: Command) => run(command, "list", {}, options));
  faults
    .command("set <fault>")
    .description("Switch a fault on; always, until it is cleared, where nothing else is said.")
    .option("--share <number>", "how many of the occasions, 0 to 1", share)
    .option("--count <number>", "only the next so many occasions", numberFrom(1))
    .option("--for <duration>", "only for so long, e.g. 90s, 5m, 1h", duration)
    .option("--delay <duration>", "slowStart, lateEvents: how much later, e.g. 500ms, 30s", duration)
    .option("--operation <name>", "throttle, tableThrottle: only this operation; may be repeated", repeated)
    .option("--table <name>", "tableThrottle: only this table")
    .option(
      "--error <name>",
      "tableThrottle: ThrottlingException instead of ProvisionedThroughputExceededException",
    )
    .option("--group <name>", "logLoss: only this log group")
    .option("--reason <text>", "failures: the reason, e.g. RESOURCE:ENI")
    .option("--provider <name>", "noCapacity: FARGATE or FARGATE_SPOT")
    .option("--function <name>", "lambdaCrash: only this function")
    .option("--call <number>", "lambdaCrash: at this AWS call of an invocation", numberFrom(1))
    .option("--service <name>", "lambdaCrash: count only calls of this service, e.g. dynamodb")
    .option("--when <moment>", "lambdaCrash: before or after the call is done")
    .option(
      "--invocation <number>",
      "lambdaCrash: at the start of this invocation from now on",
      numberFrom(1),
    )
    .option("--match <pattern>", "events: only those that this event pattern (JSON) matches", json)
    .option("--json", "print one JSON document: an array of faults")
    .action((name: string, options: SetOptions, command: Command) =>
      run(command, "set", { name: camelCase(name), ...settingsOf(options) }, options),
    );
  faults
    .command("clear [fault]")
    .description("Switch one fault off, or all.")
    .option("--json", "print one JSON document: an array of faults")
    .action((name: string | undefined, options: { json?: boolean }, command: Command) =>
      run(command, "clear", name === undefined ? {} : { name: camelCase(name) }, options),
    );
}

async function run(
  command: Command,
  what: string,
  input: object,
  options: { json?: boolean },
): Promise<void> {
  const stage = resolveStage(command.optsWithGlobals<{ stage?: string; endpointUrl?: string }>());
  const answer = z.array(Fault).parse(await localControl(stage, `faults/${what}`, input));
  if (options.json === true) printJson(answer);
  else console.log(what === "list" ? whole(answer) : onNow(answer));
}

function settingsOf(options: SetOptions): object {
  const settings = {
    share: options.share,
    count: options.count,
    durationMs: options.for,
    delayMs: options.delay,
    operations: options.operation,
    table: options.table,
    error: options.error,
    group: options.group,
    reason: options.reason,
    capacityProvider: options.provider,
    functionName: options.function,
    service: options.service,
    atCall: options.call,
    when: options.when,
    atInvocation: options.invocation,
    match: options.match,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function whole(faults: readonly Fault[]): string {
  const rows = faults.map(({ name, does, on }) => [name, on === undefined ? "off" : settingsText(on), does]);
  return `${table(["FAULT", "NOW", "WHAT IT DOES"], rows)}\n\nSwitch one on with: npx slipway faults set FAULT (--help lists the settings)`;
}

function onNow(faults: readonly Fault[]): string {
  const rows = faults.flatMap(({ name, on }) => (on === undefined ? [] : [[name, settingsText(on)]]));
  return rows.length === 0 ? "No fault is on." : table(["FAULT", "NOW"], rows);
}

function settingsText(on: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(on).map(([name, value]) =>
    name === "leftMs" ? `${Math.ceil(Number(value) / 1000)} s left` : `${name} ${JSON.stringify(value)}`,
  );
  return parts.filter((part) => !part.startsWith("durationMs ")).join(", ");
}

/** Either spelling will do: no-capacity is noCapacity. */
function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** "90s" as milliseconds. */
function duration(text: string): number {
  const [, amount, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (amount === undefined) throw new InvalidArgumentError("It takes a duration, e.g. 500ms, 90s, 5m, 1h.");
  return Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError("It takes a number from 0 to 1.");
  return value;
}

function numberFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= least))
      throw new InvalidArgumentError(`It takes a number from ${least}.`);
    return value;
  };
}

function repeated(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function json(text: string): object {
  try {
    return z.looseObject({}).parse(JSON.parse(text));
  } catch {
    throw new InvalidArgumentError('It takes a JSON object, e.g. \'{"source":["aws.s3"]}\'.');
  }
}
