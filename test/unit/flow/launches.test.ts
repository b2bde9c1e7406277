import { describe, expect, it } from "@jest/globals";
import type { LaunchResult } from "#core/ports/task-launcher.ts";
import { aPipeline, aSite, must } from "../support/builders.ts";
import { idOf, jobOf, runOf, aStageWithUploads, tasksPerRun } from "./support/two-uploads.ts";

/** As DynamoDB may answer, which keeps no order of an item's members. */
function reordered<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => reordered(item)) as T;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, reordered<unknown>(member)]),
  ) as T;
}

describe("a launch that does not work", () => {
  const failures = (reason: string): LaunchResult => ({ type: "failed", failures: [{ reason }] });

  it.each<[string, LaunchResult]>([
    ["a throttle", { type: "refused", errorName: "ThrottlingException", message: "Rate exceeded" }],
    [
      "a throttle in disguise",
      { type: "refused", errorName: "InvalidParameterException", message: "Rate exceeded" },
    ],
    ["an answer that never came", { type: "unknown", errorName: "TimeoutError", message: "timed out" }],
    [
      "an expired token",
      { type: "refused", errorName: "ExpiredTokenException", message: "The security token is expired" },
    ],
    [
      "a clock that is too wrong to sign by",
      {
        type: "refused",
        errorName: "InvalidSignatureException",
        message: "Signature expired: 20261130T072800Z is now earlier than 20261130T073100Z",
      },
    ],
  ])("is repeated byte for byte after %s", async (_what, answer) => {
    const pipelines = { images: aPipeline("images", { capacity: { type: "on-demand" } }) };
    const stage = await aStageWithUploads({ pipelines });
    stage.launcher.answers.push(answer);

    await stage.dispatch();
    const [wake] = stage.messages.wakeUps;
    stage.advance(must(wake).afterSeconds);
    await stage.dispatch();

    const [first, second] = stage.launcher.launches;
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
    expect(await runOf(stage)).toMatchObject({ state: "LAUNCHED", launches: 2 });
    expect(tasksPerRun(stage)).toEqual([1]);
  });

  it("with failures[] and HTTP 200 is planned anew, for its client token may remember them; the try does not count", async () => {
    const stage = await aStageWithUploads();
    stage.launcher.answers.push(failures("RESOURCE:ENI"));

    await stage.settle();

    const [first, second] = stage.launcher.launches;
    expect(second?.clientToken).not.toBe(first?.clientToken);
    expect(await jobOf(stage)).toMatchObject({
      state: "SUCCEEDED",
      attempts: [{ runId: "run-1" }, { runId: "run-2" }],
    });
    expect(await runOf(stage)).toMatchObject({ state: "GIVEN_UP" });
  });

  it("is not repeated before its time", async () => {
    const stage = await aStageWithUploads();
    stage.launcher.answers.push({
      type: "refused",
      errorName: "ThrottlingException",
      message: "Rate exceeded",
    });

    await stage.dispatch();
    await stage.dispatch();

    expect(stage.launcher.launches).toHaveLength(1);
  });

  it("adopts the task of a ConflictException", async () => {
    const stage = await aStageWithUploads();
    stage.launcher.answers.push({ type: "conflict", taskArns: ["arn:aws:ecs:us-east-1:1:task/c/known"] });

    await stage.dispatch();

    expect(await runOf(stage)).toMatchObject({
      state: "LAUNCHED",
      taskArn: "arn:aws:ecs:us-east-1:1:task/c/known",
    });
  });

  it("starts one task though the first answer was lost", async () => {
    const stage = await aStageWithUploads();
    const { launcher } = stage;
    const lost: LaunchResult = { type: "unknown", errorName: "TimeoutError", message: "timed out" };
    const launch: typeof launcher.launch = async (request) => {
      const result = await launcher.launch(request);
      return launcher.launches.length === 1 ? lost : result;
    };
    const ports = { launcher: { launch } };

    await stage.dispatch(ports);
    stage.advance(5);
    await stage.dispatch(ports);

    expect(launcher.launches).toHaveLength(2);
    expect(tasksPerRun(stage)).toEqual([1]);
  });

  it("is given up after ten minutes of not knowing; the jobs are planned anew and the try does not count", async () => {
    const stage = await aStageWithUploads();
    const unknown: LaunchResult = { type: "unknown", errorName: "TimeoutError", message: "timed out" };
    for (let minute = 0; minute < 10; minute += 1) {
      stage.launcher.answers.push(unknown);
      await stage.dispatch();
      stage.advance(61);
    }

    await stage.dispatch();

    expect(await runOf(stage)).toMatchObject({ state: "GIVEN_UP" });
    expect(await jobOf(stage)).toMatchObject({
      state: "RUNNABLE",
      attempts: [{ runId: "run-1", outcome: "released" }],
    });
    expect(await stage.runs.listFlights()).toEqual([]);

    // A task of the run that comes late after all finds it given up, and works at nothing.
    const late = stage.launcher.start((await runOf(stage)).request);
    await stage.work(late.taskArn);
    expect(stage.performed).toEqual([]);
    await stage.settle();
    expect(await jobOf(stage)).toMatchObject({ state: "SUCCEEDED" });
    expect(stage.performed).toEqual([`${idOf("images/a.jpg")}/2`, `${idOf("images/b.jpg")}/2`]);
  });

  it("fails the jobs at once where a person has to act, and says so on the bus", async () => {
    const stage = await aStageWithUploads();
    stage.launcher.answers.push({
      type: "refused",
      errorName: "ClientException",
      message: "No Fargate configuration exists for given values: 256 CPU, 8192 memory.",
    });

    await stage.dispatch();

    expect(await jobOf(stage)).toMatchObject({
      state: "FAILED",
      failure: { class: "configuration", retry: "no" },
    });
    expect(stage.messages.announcements.map(({ type }) => type).sort()).toEqual([
      "Job Failed",
      "Job Failed",
      "Run Stopped",
    ]);
  });

  it("plans the jobs anew where a deploy has retired the run's task definition", async () => {
    const stage = await aStageWithUploads();
    stage.launcher.answers.push({ type: "unknown", errorName: "TimeoutError", message: "timed out" });
    await stage.dispatch();
    stage.advance(5);
    stage.launcher.answers.push({
      type: "refused",
      errorName: "ClientException",
      message: "TaskDefinition is inactive",
    });

    await stage.dispatch({ site: { ...aSite, taskDefinitions: { images: "slipway-dev-images:8" } } });

    expect(await jobOf(stage)).toMatchObject({ state: "RUNNABLE" });
    expect(await runOf(stage)).toMatchObject({ state: "GIVEN_UP" });
  });

  it("waits for the slices that know of the deploy where a retired definition is the only one it knows", async () => {
    const stage = await aStageWithUploads();
    const inactive = {
      type: "refused",
      errorName: "ClientException",
      message: "TaskDefinition is inactive",
    } as const;
    stage.launcher.answers.push(inactive);
    await stage.dispatch();
    expect(await runOf(stage)).toMatchObject({ state: "PLANNED" });

    // By its tries too, for one of two clocks may be wrong by minutes.
    for (let launch = 2; launch <= 6; launch += 1) {
      expect(await jobOf(stage)).toMatchObject({ state: "STARTING" });
      stage.launcher.answers.push(inactive);
      stage.advance(70);
      await stage.dispatch();
    }

    expect(await jobOf(stage)).toMatchObject({ state: "FAILED", failure: { class: "configuration" } });
  });

  it("plans the jobs anew where a deploy has replaced the subnets of a run that was written before", async () => {
    const stage = await aStageWithUploads();
    stage.launcher.answers.push({ type: "unknown", errorName: "TimeoutError", message: "no answer" });
    await stage.dispatch();
    stage.advance(5);
    stage.launcher.answers.push({
      type: "refused",
      errorName: "InvalidParameterException",
      message: "The subnet ID 'subnet-a' does not exist",
    });
    const networks = { public: { subnets: ["subnet-c"], securityGroup: "sg-2", publicAddress: true } };

    await stage.dispatch({ site: { ...aSite, networks } });

    expect(await jobOf(stage)).toMatchObject({ state: "RUNNABLE" });
    expect(await runOf(stage)).toMatchObject({ state: "GIVEN_UP" });
  });

  it.each([
    ["AccessDeniedException", "User: dispatch is not authorized to perform: iam:PassRole on resource: r"],
    ["ClientException", "ECS was unable to assume the role 'r' that was provided for this task."],
  ])("waits for a new role that AWS does not know everywhere yet (%s)", async (errorName, message) => {
    const stage = await aStageWithUploads();
    stage.launcher.answers.push({ type: "refused", errorName, message });
    await stage.dispatch();
    stage.advance(5);

    await stage.settle();

    expect(await jobOf(stage)).toMatchObject({ state: "SUCCEEDED" });
  });

  it("does not take a run for outdated because the table gives back its members in another order", async () => {
    const stage = await aStageWithUploads();
    const { readRun } = stage.runs;
    stage.runs.readRun = async (runId) => reordered(await readRun.call(stage.runs, runId));
    const message = "User: dispatch is not authorized to perform: iam:PassRole on resource: r";
    for (let launch = 1; launch <= 6; launch += 1) {
      stage.launcher.answers.push({ type: "refused", errorName: "AccessDeniedException", message });
      await stage.dispatch();
      stage.advance(70);
    }

    expect(await jobOf(stage)).toMatchObject({ state: "FAILED", failure: { class: "configuration" } });
    expect(stage.launcher.launches).toHaveLength(6);
  });

  it("waits as long for a deploy that comes after minutes in which ECS gave no answer", async () => {
    const stage = await aStageWithUploads();
    const noAnswer = { type: "unknown", errorName: "TimeoutError", message: "no answer" } as const;
    for (let launch = 1; launch <= 6; launch += 1) {
      stage.launcher.answers.push(noAnswer);
      await stage.dispatch();
      stage.advance(70);
    }
    stage.launcher.answers.push({
      type: "refused",
      errorName: "ClientException",
      message: "TaskDefinition is inactive",
    });

    await stage.dispatch();

    expect(await jobOf(stage)).toMatchObject({ state: "STARTING" });
    expect(await runOf(stage)).toMatchObject({ state: "PLANNED", unsettled: { launch: 7 } });
  });

  it("goes on demand where Spot has no room", async () => {
    const stage = await aStageWithUploads();
    stage.launcher.answers.push({
      type: "refused",
      errorName: "ClientException",
      message: "Capacity is unavailable at this time.",
    });

    await stage.settle();

    const providers = stage.launcher.launches.map(
      ({ capacityProviderStrategy: [first] }) => first?.capacityProvider,
    );
    expect(providers).toEqual(["FARGATE_SPOT", "FARGATE"]);
    expect(await jobOf(stage)).toMatchObject({ state: "SUCCEEDED" });
  });
});
