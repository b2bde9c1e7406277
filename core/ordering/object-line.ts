import { compareSequencers } from "./sequencer.ts";
import { sha256 } from "../sha256.ts";

/*
 * For pipelines that say `onOverwrite: "newest-only"`: the versions of one key in the order in which each was the newest, and
 * whose result is the key's. Events come late, doubled and in any order; a line only ever moves on.
 */

/** One small item for each key of a newest-only pipeline. */
export interface ObjectLine {
  /** Pipeline, bucket and key, hashed. */
  readonly objectId: string;
  readonly newest: VersionInLine;
  /** The jobs of the key's versions in the order of the versions, oldest first, as far as it is known; only the last are kept. */
  readonly jobs: readonly string[];
  /** Jobs that a newer version has overtaken and that are not yet known to be superseded. */
  readonly overtaken: readonly string[];
  /** The job whose result is the key's: of those that succeeded, the one of the newest version. */
  readonly current?: string;
  /** Of that version, where it is known: it may have succeeded before it stood in the line. */
  readonly currentSequencer?: string;
  /** Rises by one with each write. */
  readonly revision: number;
}

export interface VersionInLine {
  readonly jobId: string;
  readonly versionId: string;
  readonly sequencer?: string;
  /** Where a listing found the version: what it says takes the place of a sequencer. */
  readonly listed?: ListedOrder;
}

/** What a listing knows of the order of a key's versions. */
export interface ListedOrder {
  readonly newestVersionId: string;
  /** The versions before this one, newest first, the last hundred. */
  readonly olderVersionIds: readonly string[];
}

export interface Arrival extends VersionInLine {
  readonly objectId: string;
  /** The jobs of the versions that a listing has before it, oldest first, whether or not they are recorded. */
  readonly olderJobIds: readonly string[];
}

/** Where a version stands that has just been recorded; `line` has to be written where it differs from what stands. */
export type Place =
  | { readonly type: "newest"; readonly line: ObjectLine }
  /**
   * Another version is newer, whose job that is; undefined where it is the one that the listing calls the newest, which may be
   * the first in its line.
   */
  | {
      readonly type: "older";
      readonly newerJobId: string | undefined;
      readonly line: ObjectLine | undefined;
    }
  /** Nobody can tell: it is worked on beside the others, for a file too many is better than one too few. */
  | { readonly type: "unknown"; readonly line: ObjectLine };

export const MAX_OLDER_VERSIONS = 100;
/**
 * Of one key. A job that a listing found has no sequencer, and a line that had forgotten it could not tell whose result is newer: so
 * as many as a listing tells. Only a key with as many versions pays for them, with some 3 KB.
 */
const MAX_JOBS = MAX_OLDER_VERSIONS;

export function objectIdOf(object: { pipeline: string; bucket: string; key: string }): string {
  return sha256(JSON.stringify([object.pipeline, object.bucket, object.key])).slice(0, 32);
}

/** Puts a version in its place. The same version twice stays where it is. */
export function placeVersion(line: ObjectLine | undefined, arrival: Arrival): Place {
  const { objectId, olderJobIds, ...version } = arrival;
  if (line === undefined) {
    if (isListedAsOlder(version)) return { type: "older", newerJobId: undefined, line };
    const first = lineOf(objectId, version);
    return { type: "newest", line: { ...first, jobs: lastOf([...olderJobIds, version.jobId]) } };
  }
  const isKnown = line.newest.jobId === version.jobId;
  if (isKnown) return { type: "newest", line: learnt(line, version, olderJobIds) };
  const isListedOlder = isListedAsOlder(version);
  const order = isListedOlder ? -1 : compareVersions(version, line.newest);
  if (order !== undefined && order >= 0)
    return { type: "newest", line: overtake(line, version, olderJobIds) };
  // By its event alone it most likely came after a listing that did not have it. But it may have been deleted before, or be older than
  // the last that a listing tells: so whoever was the newest is worked on too.
  if (order === undefined && version.sequencer !== undefined && version.listed === undefined)
    return { type: "newest", line: moveOn(line, version, olderJobIds) };
  const placed = changed(line, { jobs: withOlder(line, version, olderJobIds) });
  if (order === undefined) return { type: "unknown", line: placed };
  return { type: "older", newerJobId: isListedOlder ? undefined : line.newest.jobId, line: placed };
}

function overtake(line: ObjectLine, version: VersionInLine, olderJobIds: readonly string[]): ObjectLine {
  return { ...moveOn(line, version, olderJobIds), overtaken: [...line.overtaken, line.newest.jobId] };
}

function moveOn(line: ObjectLine, version: VersionInLine, olderJobIds: readonly string[]): ObjectLine {
  return changed(line, { newest: version, jobs: asTheNewest(line, version, olderJobIds) });
}

/** Whatever its listing does not have has been deleted since. */
function asTheNewest(
  { jobs }: ObjectLine,
  { jobId }: VersionInLine,
  olderJobIds: readonly string[],
): readonly string[] {
  const listed = [...olderJobIds, jobId];
  return lastOf([...jobs.filter((other) => !listed.includes(other)), ...listed]);
}

/**
 * Before whatever its listing does not have, which came later. By its event alone: before the newest, for the versions that a listing
 * found had theirs before them, and this one is not among those. A full line may have forgotten it, and says nothing.
 */
function withOlder(
  { jobs, newest }: ObjectLine,
  { jobId, listed }: VersionInLine,
  olderJobIds: readonly string[],
): readonly string[] {
  if (listed !== undefined) {
    const known = [...olderJobIds, jobId];
    return lastOf([...known, ...jobs.filter((other) => !known.includes(other))]);
  }
  if (jobs.includes(jobId) || jobs.length >= MAX_JOBS) return jobs;
  return jobs.toSpliced(jobs.indexOf(newest.jobId), 0, jobId);
}

/** The same line where nothing of it is new. */
function changed(
  line: ObjectLine,
  change: Partial<Pick<ObjectLine, "newest" | "jobs" | "overtaken">>,
): ObjectLine {
  const { jobs = line.jobs, newest = line.newest } = change;
  const isSame = newest === line.newest && jobs.join() === line.jobs.join();
  return isSame ? line : { ...line, ...change, revision: line.revision + 1 };
}

function lastOf(jobs: readonly string[]): readonly string[] {
  return jobs.slice(-MAX_JOBS);
}

/** The line of a key whose first version that is. */
export function lineOf(objectId: string, version: VersionInLine): ObjectLine {
  return { objectId, newest: version, jobs: [version.jobId], overtaken: [], revision: 1 };
}

function isListedAsOlder({ versionId, listed }: VersionInLine): boolean {
  return listed !== undefined && listed.newestVersionId !== versionId;
}

/**
 * The event of a version that a listing found first brings the sequencer after all; the listing what was before a version that stands
 * here because it has succeeded.
 */
function learnt(line: ObjectLine, arrival: VersionInLine, olderJobIds: readonly string[]): ObjectLine {
  const { sequencer } = arrival;
  const isNews = sequencer !== undefined && line.newest.sequencer === undefined;
  const { listed: _, ...newest } = line.newest;
  const isPlaced = olderJobIds.every((jobId) => line.jobs.includes(jobId));
  return changed(line, {
    ...(isNews ? { newest: { ...newest, sequencer } } : {}),
    ...(isPlaced ? {} : { jobs: asTheNewest(line, arrival, olderJobIds) }),
  });
}

/** Below 0 where the arrival is older than the newest so far; undefined where nothing tells. */
function compareVersions(arrival: VersionInLine, newest: VersionInLine): number | undefined {
  if (arrival.sequencer !== undefined && newest.sequencer !== undefined)
    return compareSequencers(arrival.sequencer, newest.sequencer);
  if (newest.listed?.olderVersionIds.includes(arrival.versionId) === true) return -1;
  if (arrival.listed?.olderVersionIds.includes(newest.versionId) === true) return 1;
  return undefined;
}

/** These jobs are superseded, or over anyway. */
export function clearOvertaken(line: ObjectLine, jobIds: readonly string[]): ObjectLine | undefined {
  const overtaken = line.overtaken.filter((jobId) => !jobIds.includes(jobId));
  return overtaken.length === line.overtaken.length
    ? undefined
    : { ...line, overtaken, revision: line.revision + 1 };
}

/** The job has succeeded: its result is the key's, unless a newer version's is. undefined where nothing changes. */
export function pointTo(
  line: ObjectLine,
  { jobId, sequencer }: Pick<VersionInLine, "jobId" | "sequencer">,
): ObjectLine | undefined {
  if (line.current === jobId || !isNewerThanCurrent(line, { jobId, sequencer })) return undefined;
  const { currentSequencer: _, ...rest } = line;
  return {
    ...rest,
    current: jobId,
    ...(sequencer === undefined ? {} : { currentSequencer: sequencer }),
    revision: line.revision + 1,
  };
}

/** By the sequencers; where a listing found one of the two, by the order in which they stand in the line. */
function isNewerThanCurrent(
  { current, currentSequencer, jobs }: ObjectLine,
  { jobId, sequencer }: { jobId: string; sequencer: string | undefined },
): boolean {
  if (current === undefined) return true;
  if (sequencer !== undefined && currentSequencer !== undefined)
    return compareSequencers(sequencer, currentSequencer) > 0;
  return jobs.indexOf(jobId) > jobs.indexOf(current);
}
