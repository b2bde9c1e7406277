import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { DeleteStackCommand, ListExportsCommand, ListImportsCommand } from "@aws-sdk/client-cloudformation";
import { contentOf } from "./file-providers.ts";
import { aFile, startStackTest, type StackTest } from "./stack-test.ts";

let cloud: StackTest;

const exporting = (value: string) => ({
  Parameters: { Prefix: { Type: "String", Default: "net" } },
  Resources: { A: aFile(value, { FileName: "a" }) },
  Outputs: {
    Shared: {
      Value: { "Fn::GetAtt": ["A", "Content"] },
      Export: { Name: { "Fn::Sub": "${Prefix}-shared" } },
    },
  },
});
const importing = { Resources: { B: aFile({ "Fn::ImportValue": "net-shared" }, { FileName: "b" }) } };

beforeEach(async () => {
  cloud = await startStackTest();
  await cloud.create("net", exporting("one"));
});

afterEach(() => cloud.stop());

/**
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-importvalue.html
 */
describe("an export", () => {
  test("is listed, imported by others, and tells by whom", async () => {
    expect(await cloud.create("app", importing)).toMatchObject({ StackStatus: "CREATE_COMPLETE" });

    expect(contentOf(cloud.folder, "b")).toBe("one");
    const { Exports } = await cloud.client.send(new ListExportsCommand());
    expect(Exports).toEqual([
      { ExportingStackId: expect.stringContaining(":stack/net/"), Name: "net-shared", Value: "one" },
    ]);
    const { Imports } = await cloud.client.send(new ListImportsCommand({ ExportName: "net-shared" }));
    expect(Imports).toEqual(["app"]);
  });

  test("exists once", async () => {
    const stack = await cloud.create(
      "other",
      { ...exporting("one"), Resources: { A: aFile("one", { FileName: "c" }) } },
      { DisableRollback: true },
    );

    expect(stack).toMatchObject({
      StackStatus: "CREATE_FAILED",
      StackStatusReason: "Export with name net-shared is already exported by stack net",
    });
  });

  test("neither changes nor goes while another stack imports it", async () => {
    await cloud.create("app", importing);

    const updated = await cloud.update("net", exporting("two"));

    expect(updated.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(contentOf(cloud.folder, "a")).toBe("one");
    await expect(cloud.client.send(new DeleteStackCommand({ StackName: "net" }))).rejects.toMatchObject({
      message: "Export net-shared cannot be deleted as it is in use by app",
    });

    await cloud.remove("app");

    expect(await cloud.remove("net")).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
  });

  test("that does not exist fails who imports it", async () => {
    const stack = await cloud.create("app", { Resources: { B: aFile({ "Fn::ImportValue": "nope" }) } });

    expect(stack.StackStatus).toBe("ROLLBACK_COMPLETE");
  });
});
