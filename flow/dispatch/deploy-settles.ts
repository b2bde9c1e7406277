import { type SiteOfRun, siteOfRun } from "#core/planning/run-request.ts";
import type { Run } from "#core/runs/run.ts";
import { sameValue } from "#core/same-value.ts";
import type { SlicePorts } from "./ports.ts";

/*
 * What a deploy in the middle does to a launch: a run was written with what the deploy has replaced since, a slice under way knows the
 * old stage only, and new roles take a while until all of AWS knows them.
 */

/** Some tries more and some time, for a clock may be wrong. */
const SETTLES_MS = 60_000;
const SETTLES_LAUNCHES = 5;

/** Texts of ECS that are for good unless a deploy is under way. */
const MAY_SETTLE = [
  /task ?definition is inactive/i,
  // IAM is eventually consistent: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
  /access ?denied|not authorized to perform/i,
  /unable to assume/i,
  /(subnet|security ?group|capacity ?provider).{0,100}(not exist|not found|not associated)/i,
];

/** Whether a deploy came after the run was written and gave its pipeline another definition, network or capacity: planned anew it has them. */
export function isOutdated({ pipeline, spot, request }: Run, { site, pipelines }: SlicePorts): boolean {
  const deployed = pipelines[pipeline];
  if (deployed === undefined || site.taskDefinitions[pipeline] === undefined) return false;
  const { taskDefinition, capacityProviderStrategy, networkConfiguration } = request;
  const its: SiteOfRun = {
    taskDefinition,
    capacityProviderStrategy,
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
  };
  return !sameValue(its, siteOfRun({ pipeline: deployed, spot }, site));
}

/** Whether what ECS says may be cured by a deploy that this slice does not know of yet, or that all of AWS does not. */
export function maySettle(run: Run, error: string, ports: SlicePorts): boolean {
  const unsettled = unsettledSince(run, error, ports);
  if (unsettled === undefined || isOutdated(run, ports)) return false;
  const hasWaited = ports.clock.now().getTime() - Date.parse(unsettled.at) >= SETTLES_MS;
  return !hasWaited || run.launches - unsettled.launch < SETTLES_LAUNCHES;
}

/** Since when ECS says so; undefined where it says something else. */
export function unsettledSince(run: Run, error: string, { clock }: SlicePorts): Run["unsettled"] {
  if (!MAY_SETTLE.some((text) => text.test(error))) return undefined;
  return run.unsettled ?? { at: clock.now().toISOString(), launch: run.launches };
}
