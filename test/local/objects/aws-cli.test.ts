import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { findAwsCli, runAwsCli } from "#test/local/support/aws-cli.ts";
import { startObjects, type ObjectsCloud } from "./support/objects-cloud.ts";

const cli = findAwsCli();
if (cli === undefined)
  console.warn("SKIPPED: the AWS CLI is not installed, so the local S3 is not tried with it");

/** The size of the great object; AWS_CLI_MEGABYTES=300 tries what a quick test has no time for. */
const MEGABYTES = Number(process.env["AWS_CLI_MEGABYTES"] ?? 20);

let cloud: ObjectsCloud;
const folder = mkdtempSync(join(tmpdir(), "aws-cli-"));
beforeAll(async () => {
  cloud = await startObjects();
});
afterAll(async () => {
  await cloud.stop();
  rmSync(folder, { recursive: true });
});

async function aws(...words: string[]): Promise<string> {
  if (cli === undefined) throw new Error("there is no AWS CLI");
  return runAwsCli(cli, { endpoint: cloud.client.endpoint, folder }, words);
}

/** https://docs.aws.amazon.com/cli/latest/reference/s3/ */
(cli === undefined ? describe.skip : describe)("the local S3", () => {
  test("the AWS CLI copies, syncs, lists, presigns and removes", async () => {
    const big = randomBytes(MEGABYTES * 1024 * 1024);
    mkdirSync(join(folder, "tree", "sub"), { recursive: true });
    writeFileSync(join(folder, "big"), big);
    writeFileSync(join(folder, "tree", "a.txt"), "a");
    writeFileSync(join(folder, "tree", "sub", "b +%é😀.txt"), "b");

    await aws("s3", "mb", "s3://cli");
    await aws("s3", "cp", "big", "s3://cli/big");
    await aws("s3", "cp", "s3://cli/big", "s3://cli/copies/big");
    await aws("s3", "cp", "s3://cli/copies/big", "back");
    expect(readFileSync(join(folder, "back")).equals(big)).toBe(true);

    expect(await aws("s3", "sync", "tree", "s3://cli/tree")).toContain("upload: tree/a.txt");
    expect(await aws("s3", "sync", "tree", "s3://cli/tree")).toBe("");
    await aws("s3", "sync", "s3://cli/tree", "tree-back");
    expect(readFileSync(join(folder, "tree-back", "sub", "b +%é😀.txt"), "utf8")).toBe("b");
    expect(await aws("s3", "ls", "s3://cli/")).toMatch(/PRE copies\/\n\s+PRE tree\/\n.* \d+ big\n$/);
    expect(await aws("s3", "ls", "s3://cli/big")).toContain(` ${big.length} big`);

    const url = (await aws("s3", "presign", "s3://cli/tree/a.txt")).trim();
    expect(await (await fetch(url)).text()).toBe("a");

    await aws("s3", "rm", "s3://cli", "--recursive");
    expect(await aws("s3", "ls", "s3://cli", "--recursive").catch(() => "")).toBe("");
    await aws("s3", "rb", "s3://cli");
  });
});
