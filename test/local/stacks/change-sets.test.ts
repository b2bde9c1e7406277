import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListChangeSetsCommand,
  type ChangeSetType,
} from "@aws-sdk/client-cloudformation";
import { aFile, startStackTest, type StackTest } from "./stack-test.ts";

let cloud: StackTest;

beforeEach(async () => {
  cloud = await startStackTest();
});

afterEach(() => cloud.stop());

const set = { StackName: "life", ChangeSetName: "next" };

async function propose(template: object, ChangeSetType: ChangeSetType) {
  await cloud.client.send(
    new CreateChangeSetCommand({ ...set, ChangeSetType, TemplateBody: JSON.stringify(template) }),
  );
  return cloud.client.send(new DescribeChangeSetCommand(set));
}

/**
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
 */
describe("a change set", () => {
  test("creates a stack when it is executed, not before", async () => {
    const described = await propose({ Resources: { A: aFile("a", { FileName: "a" }) } }, "CREATE");

    expect(described).toMatchObject({
      Status: "CREATE_COMPLETE",
      ExecutionStatus: "AVAILABLE",
      Changes: [
        { ResourceChange: { Action: "Add", LogicalResourceId: "A", ResourceType: "Test::Disk::File" } },
      ],
    });
    expect(cloud.files()).toEqual([]);
    expect(await cloud.events("life")).toEqual(["life REVIEW_IN_PROGRESS"]);

    await cloud.client.send(new ExecuteChangeSetCommand(set));

    expect(await cloud.settled("life")).toMatchObject({ StackStatus: "CREATE_COMPLETE" });
    expect(cloud.files()).toEqual(["a"]);
  });

  test("names what is added, modified, replaced and removed", async () => {
    await cloud.create("life", {
      Resources: {
        Same: aFile("same"),
        Changed: aFile("one"),
        Replaced: aFile("r", { Kind: "one" }),
        Follower: aFile({ Ref: "Replaced" }),
        Gone: aFile("g"),
      },
    });

    const { Changes = [] } = await propose(
      {
        Resources: {
          Same: aFile("same"),
          Changed: aFile("two"),
          Replaced: aFile("r", { Kind: "two" }),
          Follower: aFile({ Ref: "Replaced" }),
          New: aFile("n"),
        },
      },
      "UPDATE",
    );

    const told = Changes.map(({ ResourceChange: change }) => [
      change?.LogicalResourceId,
      change?.Action,
      change?.Replacement,
    ]);
    expect(told.toSorted()).toEqual([
      ["Changed", "Modify", "False"],
      ["Follower", "Modify", "False"],
      ["Gone", "Remove", undefined],
      ["New", "Add", undefined],
      ["Replaced", "Modify", "True"],
    ]);
    await cloud.client.send(new ExecuteChangeSetCommand(set));
    expect(await cloud.settled("life")).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    const { Summaries } = await cloud.client.send(new ListChangeSetsCommand({ StackName: "life" }));
    expect(Summaries).toEqual([]);
  });

  test("without changes has failed, in words that clients look for, and cannot be executed", async () => {
    const template = { Resources: { A: aFile("a") } };
    await cloud.create("life", template);

    const described = await propose(template, "UPDATE");

    expect(described).toMatchObject({
      Status: "FAILED",
      StatusReason:
        "The submitted information didn't contain changes. Submit different information to create a change set.",
      Changes: [],
    });
    await expect(cloud.client.send(new ExecuteChangeSetCommand(set))).rejects.toMatchObject({
      name: "InvalidChangeSetStatusException",
    });
  });

  test("is not needed for a deletion of one that is not there, but its stack is", async () => {
    await cloud.create("life", { Resources: { A: aFile("a") } });

    await cloud.client.send(new DeleteChangeSetCommand(set));

    await expect(cloud.client.send(new DescribeChangeSetCommand(set))).rejects.toMatchObject({
      name: "ChangeSetNotFoundException",
      message: "ChangeSet [next] does not exist",
    });
    await expect(
      cloud.client.send(new DeleteChangeSetCommand({ ...set, StackName: "nobody" })),
    ).rejects.toMatchObject({ message: "Stack [nobody] does not exist" });
  });

  test("cannot create what exists or update what does not", async () => {
    await expect(propose({ Resources: { A: aFile("a") } }, "UPDATE")).rejects.toMatchObject({
      message: "Stack [life] does not exist",
    });
    await cloud.create("life", { Resources: { A: aFile("a") } });
    await expect(propose({ Resources: { A: aFile("b") } }, "CREATE")).rejects.toMatchObject({
      message: "Stack [life] already exists and cannot be created again with the changeSet [next].",
    });
  });

  test("of outputs alone is one", async () => {
    await cloud.create("life", { Resources: { A: aFile("a") } });

    const described = await propose(
      { Resources: { A: aFile("a") }, Outputs: { X: { Value: "1" } } },
      "UPDATE",
    );

    expect(described.Status).toBe("CREATE_COMPLETE");
    await cloud.client.send(new ExecuteChangeSetCommand(set));
    expect((await cloud.settled("life")).Outputs).toEqual([{ OutputKey: "X", OutputValue: "1" }]);
  });
});

test("GetTemplate gives the template back as it was sent", async () => {
  const TemplateBody =
    "# with a comment\nResources:\n  A:\n    Type: Test::Disk::File\n    Properties: { Content: !Sub '<&\"a\"\t>' }\n";
  await cloud.create("life", {}, { TemplateBody });

  const answer = await cloud.client.send(new GetTemplateCommand({ StackName: "life" }));

  expect(answer.TemplateBody).toBe(TemplateBody);
});
