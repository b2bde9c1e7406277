import { describe, expect, it } from "@jest/globals";
import {
  EXIT_TRY_AGAIN,
  STOP_REASONS,
  type StopFacts,
  classifyLaunchFailure,
  classifyStop,
} from "#core/classification/classify-stop.ts";

const EXITED = "Essential container in task exited";
const OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage";

/** A task whose only container is the main one. */
function aStop(facts: {
  stopCode?: string;
  stoppedReason?: string;
  exitCode?: number;
  reason?: string;
}): StopFacts {
  const { exitCode, reason, ...task } = facts;
  return { ...task, mainContainer: "main", containers: [{ name: "main", exitCode, reason }] };
}

describe("the stop code", () => {
  it.each([0, 1, 137, 143])("beats exit code %i", (exitCode) => {
    const classOf = (stopCode: string) => classifyStop(aStop({ stopCode, exitCode })).class;

    expect(
      ["SpotInterruption", "UserInitiated", "ServiceSchedulerInitiated", "TerminationNotice"].map(classOf),
    ).toEqual(["spot-interruption", "cancelled", "scaling", "platform"]);
  });

  it("yields to maintenance, which is AWS's doing and not the service's", () => {
    const stoppedReason = "ECS is performing maintenance on the underlying infrastructure hosting the task.";

    expect(classifyStop(aStop({ stopCode: "ServiceSchedulerInitiated", stoppedReason }))).toMatchObject({
      class: "platform",
      retry: "yes",
    });
  });

  it("of a lost host means Spot only where the text says so", () => {
    const classOf = (stoppedReason: string) =>
      classifyStop(aStop({ stopCode: "TerminationNotice", stoppedReason })).class;

    expect(classOf("Host EC2 (instance i-1) terminated.")).toBe("platform");
    expect(classOf("Host EC2 (instance i-1) terminated: Spot instance reclaimed.")).toBe("spot-interruption");
  });

  it("may be one that nobody knows", () => {
    expect(classifyStop(aStop({ stopCode: "SomethingNew", exitCode: 3 })).class).toBe("application");
    expect(classifyStop(aStop({ stopCode: "SomethingNew" })).class).toBe("unknown");
  });
});

describe("our own reasons", () => {
  it("come back as what they were given for", () => {
    const verdictOf = (stoppedReason: string) =>
      classifyStop(aStop({ stopCode: "UserInitiated", stoppedReason, exitCode: 137 }));

    expect(verdictOf(STOP_REASONS.timeout)).toMatchObject({ class: "timeout", retry: "yes" });
    expect(verdictOf(STOP_REASONS.startTimeout)).toMatchObject({ class: "platform", retry: "yes" });
    expect(verdictOf(STOP_REASONS.cancelled)).toMatchObject({ class: "cancelled", retry: "no" });
  });
});

describe("memory", () => {
  it.each([0, 1, 2, 137, undefined])("is the cause where ECS says so, with exit code %p", (exitCode) => {
    const facts = { stopCode: "EssentialContainerExited", stoppedReason: EXITED, reason: OUT_OF_MEMORY };

    expect(classifyStop(aStop(exitCode === undefined ? facts : { ...facts, exitCode }))).toMatchObject({
      class: "out-of-memory",
      retry: "bigger",
    });
  });

  it("is not the cause because of exit code 137 alone", () => {
    expect(
      classifyStop(aStop({ stopCode: "EssentialContainerExited", stoppedReason: EXITED, exitCode: 137 }))
        .class,
    ).toBe("application");
  });

  it("is not what a cluster without memory to offer has", () => {
    expect(classifyLaunchFailure({ text: "RESOURCE:MEMORY" })).toMatchObject({
      class: "capacity",
      retry: "later",
    });
  });
});

describe("the exit code", () => {
  it("is read of the main container, by its name", () => {
    const facts = { stopCode: "EssentialContainerExited", stoppedReason: EXITED, mainContainer: "main" };
    const containers = [
      { name: "log_router", exitCode: 137, reason: OUT_OF_MEMORY },
      { name: "main", exitCode: 0 },
    ];

    expect(classifyStop({ ...facts, containers }).class).toBe("succeeded");
    expect(classifyStop({ ...facts, containers, mainContainer: "log_router" }).class).toBe("out-of-memory");
    expect(classifyStop({ ...facts, containers: [{ name: "log_router", exitCode: 0 }] }).class).toBe(
      "unknown",
    );
  });

  it("is not zero where it is missing", () => {
    expect(
      classifyStop(aStop({ stopCode: "EssentialContainerExited", stoppedReason: EXITED })),
    ).toMatchObject({
      class: "unknown",
      retry: "yes",
    });
  });

  it("asks for another try with 75 and for none otherwise", () => {
    const retryOf = (exitCode: number) =>
      classifyStop(aStop({ stopCode: "EssentialContainerExited", exitCode })).retry;

    expect(retryOf(EXIT_TRY_AGAIN)).toBe("yes");
    expect([1, 2, 126, 127, 134, 139, 143, 255].map(retryOf)).toEqual(Array.from({ length: 8 }, () => "no"));
  });

  it("is named in the sentence", () => {
    expect(classifyStop(aStop({ stoppedReason: EXITED, exitCode: 42 })).reason).toBe(
      "The program ended with exit code 42.",
    );
  });
});

describe("a side-car", () => {
  it("is heard where the main container never ran and nothing else says why", () => {
    const containers = [
      { name: "main" },
      { name: "agent", reason: "CannotPullContainerError: failed to resolve ref agent:1: not found" },
    ];

    expect(classifyStop({ stopCode: "TaskFailedToStart", mainContainer: "main", containers }).class).toBe(
      "image",
    );
  });
});

describe("the named cause", () => {
  it("beats the step that failed", () => {
    const classOf = (stoppedReason: string) =>
      classifyStop(aStop({ stopCode: "TaskFailedToStart", stoppedReason })).class;

    expect(
      classOf("CannotPullContainerError: failed to resolve ref a:1: dial tcp 1.2.3.4:443: i/o timeout"),
    ).toBe("network");
    expect(
      classOf("CannotPullContainerError: ecr:BatchGetImage: AccessDeniedException: not authorized"),
    ).toBe("image");
    expect(classOf("ResourceInitializationError: unable to pull secrets: AccessDeniedException")).toBe(
      "configuration",
    );
    expect(classOf("ResourceInitializationError: unable to pull secrets: context deadline exceeded")).toBe(
      "network",
    );
    expect(classOf("CannotPullContainerError: toomanyrequests: You have reached your pull rate limit.")).toBe(
      "throttled",
    );
  });

  it("is found in the exception's name as in its message", () => {
    const classOf = (errorName: string, text: string) => classifyLaunchFailure({ errorName, text }).class;

    expect(classOf("InvalidParameterException", "Error retrieving subnet information: Rate exceeded")).toBe(
      "throttled",
    );
    expect(
      classOf("InvalidParameterException", "Error retrieving subnet information: it does not exist"),
    ).toBe("configuration");
    expect(classOf("ThrottlingException", "")).toBe("throttled");
    expect(classOf("ServerException", "")).toBe("platform");
  });

  it("is found across line breaks, and quoted on one line", () => {
    const { class: failureClass, reason } = classifyLaunchFailure({
      text: "Capacity is\n   unavailable at this time.",
    });

    expect(failureClass).toBe("capacity");
    expect(reason).toContain('("Capacity is unavailable at this time.")');
  });
});
