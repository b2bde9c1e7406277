import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { contentOf } from "./file-providers.ts";
import { aFile, aFragileFile, startStackTest, type StackTest } from "./stack-test.ts";

let cloud: StackTest;

beforeEach(async () => {
  cloud = await startStackTest();
});

afterEach(() => cloud.stop());

/**
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html
 */
describe("a stack", () => {
  test("creates its resources after those that they refer to, and answers outputs", async () => {
    const stack = await cloud.create("life", {
      Resources: {
        Second: aFile({ "Fn::GetAtt": ["First", "Path"] }),
        First: aFile("hello", { FileName: "first.txt" }),
      },
      Outputs: {
        Name: { Value: { Ref: "First" }, Description: "its name" },
        Size: { Value: { "Fn::GetAtt": ["First", "Size.Bytes"] } },
      },
    });

    expect(stack.StackStatus).toBe("CREATE_COMPLETE");
    expect(stack.Outputs).toEqual([
      { OutputKey: "Name", OutputValue: "first.txt", Description: "its name" },
      { OutputKey: "Size", OutputValue: "5" },
    ]);
    expect(await cloud.events("life")).toEqual([
      "life CREATE_IN_PROGRESS",
      "First CREATE_IN_PROGRESS",
      "First CREATE_IN_PROGRESS",
      "First CREATE_COMPLETE",
      "Second CREATE_IN_PROGRESS",
      "Second CREATE_IN_PROGRESS",
      "Second CREATE_COMPLETE",
      "life CREATE_COMPLETE",
    ]);
    const second = cloud.files().find((name) => name !== "first.txt");
    expect(second).toMatch(/^life-Second-[A-Z0-9]{12}$/);
    expect(contentOf(cloud.folder, second ?? "")).toBe(`${cloud.folder}/first.txt`);
  });

  test("updates only what changed", async () => {
    await cloud.create("life", { Resources: { A: aFile("a"), B: aFile("b") } });
    cloud.calls.length = 0;

    const stack = await cloud.update("life", { Resources: { A: aFile("a"), B: aFile("b2") } });

    expect(stack.StackStatus).toBe("UPDATE_COMPLETE");
    expect(cloud.calls).toEqual(["update B"]);
    expect((await cloud.events("life")).slice(8)).toEqual([
      "life UPDATE_IN_PROGRESS",
      "B UPDATE_IN_PROGRESS",
      "B UPDATE_COMPLETE",
      "life UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
      "life UPDATE_COMPLETE",
    ]);
  });

  test("refuses an update that changes nothing", async () => {
    const template = { Resources: { A: aFile("a") } };
    await cloud.create("life", template);

    await expect(cloud.update("life", template)).rejects.toMatchObject({
      name: "ValidationError",
      message: "No updates are to be performed.",
    });
  });

  test("replaces a resource when a property says so, the new one first, and tells those that refer to it", async () => {
    const template = (kind: string) => ({
      Resources: { A: aFile("a", { Kind: kind }), B: aFile({ Ref: "A" }, { FileName: "b" }) },
    });
    await cloud.create("life", template("one"));
    const before = contentOf(cloud.folder, "b");
    cloud.calls.length = 0;

    const stack = await cloud.update("life", template("two"));

    expect(stack.StackStatus).toBe("UPDATE_COMPLETE");
    expect(cloud.calls).toEqual(["create A", "update B", "delete A"]);
    const after = contentOf(cloud.folder, "b");
    expect(after).not.toBe(before);
    expect(cloud.files()).toEqual(["b", after].toSorted());
  });

  test("keeps a replaced resource whose UpdateReplacePolicy is Retain", async () => {
    const template = (kind: string) => ({
      Resources: { A: aFile("a", { Kind: kind, UpdateReplacePolicy: "Retain" }) },
    });
    await cloud.create("life", template("one"));

    await cloud.update("life", template("two"));

    expect(cloud.files()).toHaveLength(2);
    expect(await cloud.events("life")).toContain("A DELETE_SKIPPED");
  });

  test("does not replace what has a name of its own", async () => {
    const template = (kind: string) => ({ Resources: { A: aFile("a", { Kind: kind, FileName: "own" }) } });
    await cloud.create("life", template("one"));

    const stack = await cloud.update("life", template("two"));

    expect(stack.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(cloud.files()).toEqual(["own"]);
  });

  test("deletes what left the template, after the rest is done", async () => {
    await cloud.create("life", { Resources: { A: aFile("a"), B: aFile("b") } });
    cloud.calls.length = 0;

    await cloud.update("life", { Resources: { B: aFile("b"), C: aFile("c") } });

    expect(cloud.calls).toEqual(["create C", "delete A"]);
  });

  test("is deleted in reverse order and leaves nothing but what is retained", async () => {
    await cloud.create("life", {
      Resources: {
        A: aFile("a", { FileName: "a" }),
        B: aFile({ Ref: "A" }, { FileName: "b" }),
        Kept: aFile("kept", { FileName: "kept", DeletionPolicy: "Retain" }),
      },
    });
    cloud.calls.length = 0;

    const stack = await cloud.remove("life");

    expect(stack.StackStatus).toBe("DELETE_COMPLETE");
    expect(cloud.calls).toEqual(["delete B", "delete A"]);
    expect(cloud.files()).toEqual(["kept"]);
    await expect(cloud.events("life")).rejects.toMatchObject({ message: "Stack [life] does not exist" });
  });

  test("stays DELETE_FAILED while something cannot go, and goes when that is retained", async () => {
    await cloud.create("life", { Resources: { A: aFile("a"), B: aFragileFile("stay", { FileName: "b" }) } });

    const failed = await cloud.remove("life");

    expect(failed.StackStatus).toBe("DELETE_FAILED");
    expect(failed.StackStatusReason).toBe("The following resource(s) failed to delete: [B]. ");
    expect(cloud.files()).toEqual(["b"]);
  });
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html */
describe("a failed creation", () => {
  test("is rolled back and says why", async () => {
    const stack = await cloud.create("life", {
      Resources: { A: aFile("a"), B: aFragileFile("refuse", { DependsOn: "A" }) },
    });

    expect(stack.StackStatus).toBe("ROLLBACK_COMPLETE");
    expect(cloud.files()).toEqual([]);
    expect(await cloud.events("life")).toEqual([
      "life CREATE_IN_PROGRESS",
      "A CREATE_IN_PROGRESS",
      "A CREATE_IN_PROGRESS",
      "A CREATE_COMPLETE",
      "B CREATE_IN_PROGRESS",
      "B CREATE_FAILED",
      "life ROLLBACK_IN_PROGRESS",
      "B DELETE_IN_PROGRESS",
      "B DELETE_COMPLETE",
      "A DELETE_IN_PROGRESS",
      "A DELETE_COMPLETE",
      "life ROLLBACK_COMPLETE",
    ]);
  });

  test("takes no update afterwards", async () => {
    await cloud.create("life", { Resources: { A: aFragileFile("refuse") } });

    await expect(cloud.update("life", { Resources: { A: aFile("a") } })).rejects.toThrow(
      /is in ROLLBACK_COMPLETE state and can not be updated\.$/,
    );
  });

  test("with OnFailure DELETE leaves no stack", async () => {
    const stack = await cloud.create(
      "life",
      { Resources: { A: aFragileFile("refuse") } },
      { OnFailure: "DELETE" },
    );

    expect(stack.StackStatus).toBe("DELETE_COMPLETE");
  });

  test("with DisableRollback stays as it is and can be tried again", async () => {
    const failed = await cloud.create(
      "life",
      {
        Resources: {
          A: aFile("a", { FileName: "a" }),
          B: aFragileFile("refuse", { FileName: "b", DependsOn: "A" }),
        },
      },
      { DisableRollback: true },
    );
    expect(failed.StackStatus).toBe("CREATE_FAILED");
    expect(cloud.files()).toEqual(["a"]);

    const stack = await cloud.update("life", {
      Resources: { A: aFile("a", { FileName: "a" }), B: aFragileFile("fine", { FileName: "b" }) },
    });

    expect(stack.StackStatus).toBe("UPDATE_COMPLETE");
    expect(cloud.files()).toEqual(["a", "b"]);
  });

  test("names a mistake inside the cloud at the terminal too", async () => {
    const stack = await cloud.create("life", { Resources: { A: aFragileFile("crash") } });

    expect(stack.StackStatus).toBe("ROLLBACK_COMPLETE");
    expect(cloud.reported.join("\n")).toContain("a mistake in the provider");
  });
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html */
describe("a failed update", () => {
  test("brings back what was changed, replaced or added", async () => {
    await cloud.create("life", {
      Resources: {
        Changed: aFile("before", { FileName: "changed" }),
        Untouched: aFile("u"),
        Replaced: aFile("r", { Kind: "one" }),
        Gone: aFile("g", { FileName: "gone" }),
        Fragile: aFragileFile("fine", { FileName: "fragile", DependsOn: ["Changed", "Replaced"] }),
      },
    });
    const before = cloud.files();
    cloud.calls.length = 0;

    const stack = await cloud.update("life", {
      Resources: {
        Changed: aFile("after", { FileName: "changed" }),
        Untouched: aFile("u"),
        Replaced: aFile("r", { Kind: "two" }),
        Added: aFile("added", { FileName: "added" }),
        Fragile: aFragileFile("refuse", { FileName: "fragile", DependsOn: ["Changed", "Replaced", "Added"] }),
      },
    });

    expect(stack.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(cloud.files()).toEqual(before);
    expect(contentOf(cloud.folder, "changed")).toBe("before");
    expect(contentOf(cloud.folder, "fragile")).toBe("fine");
    expect(cloud.calls).not.toContain("update Untouched");
    const events = await cloud.events("life");
    expect(events.slice(events.indexOf("Fragile UPDATE_FAILED"))).toEqual(
      expect.arrayContaining([
        "life UPDATE_ROLLBACK_IN_PROGRESS",
        "Changed UPDATE_COMPLETE",
        "Added DELETE_COMPLETE",
      ]),
    );
  });

  test("can be followed by one that succeeds", async () => {
    await cloud.create("life", { Resources: { A: aFragileFile("one", { FileName: "a" }) } });
    await cloud.update("life", { Resources: { A: aFragileFile("refuse", { FileName: "a" }) } });

    const stack = await cloud.update("life", { Resources: { A: aFragileFile("two", { FileName: "a" }) } });

    expect(stack.StackStatus).toBe("UPDATE_COMPLETE");
    expect(contentOf(cloud.folder, "a")).toBe("two");
  });
});
