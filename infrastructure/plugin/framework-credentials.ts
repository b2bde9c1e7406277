/** What the framework goes by beside the environment. */
export interface Choice {
  readonly stage: string;
  /** --aws-profile */
  readonly commandProfile?: string | undefined;
  /** provider.profile of serverless.yml */
  readonly serviceProfile?: string | undefined;
}

/**
 * Has every AWS client of this process use the credentials that the framework deploys with: it knows more ways to name them than the SDK,
 * and without this the plugin might look into another account than the one that is changed. The order is the framework's.
 */
export function useFrameworkCredentials(environment: NodeJS.ProcessEnv, choice: Choice): void {
  const ofStage = `AWS_${choice.stage.toUpperCase()}`;
  const named = [choice.commandProfile, environment[`${ofStage}_PROFILE`]].find(isGiven);
  if (named !== undefined) environment["AWS_PROFILE"] = named;
  else if (hasKeys(environment, ofStage)) useKeysOf(ofStage, environment);
  else if (!isGiven(environment["AWS_PROFILE"]) && !hasKeys(environment, "AWS")) {
    const fallback = [choice.serviceProfile, environment["AWS_DEFAULT_PROFILE"]].find(isGiven);
    if (fallback !== undefined) environment["AWS_PROFILE"] = fallback;
  }
}

function hasKeys(environment: NodeJS.ProcessEnv, prefix: string): boolean {
  return [environment[`${prefix}_ACCESS_KEY_ID`], environment[`${prefix}_SECRET_ACCESS_KEY`]].every(isGiven);
}

/** To the SDK a profile is worth more than keys, so none may be left. */
function useKeysOf(prefix: string, environment: NodeJS.ProcessEnv): void {
  delete environment["AWS_PROFILE"];
  for (const key of ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"]) {
    const value = environment[`${prefix}_${key}`];
    if (value === undefined) delete environment[`AWS_${key}`];
    else environment[`AWS_${key}`] = value;
  }
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
