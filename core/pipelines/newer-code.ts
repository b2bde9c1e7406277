/** CloudFormation changes one function after the other, and a slice or batch that was under way goes on with what it knows. */
const DEPLOY_SETTLES_MS = 15 * 60_000;

/**
 * Whether what contradicts the pipelines that this code knows (a run or job of a pipeline that is not there, or that takes other files)
 * may have been made by code of a deploy that has not reached this function yet: then it is young.
 */
export function mayBeOfNewerCode({ createdAt }: { readonly createdAt: string }, now: Date): boolean {
  return now.getTime() - Date.parse(createdAt) < DEPLOY_SETTLES_MS;
}
