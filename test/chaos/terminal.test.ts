import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeTasksCommand, ECSClient, ListTasksCommand } from "@aws-sdk/client-ecs";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import sharp from "sharp";
import { uploadJobId } from "#core/jobs/job-id.ts";
import { operatorOf } from "../../cli/operator.ts";
import { CLOUDS_FILE } from "../../cli/running-cloud.ts";
import { clientOptions, type Stage } from "../../cli/stage.ts";
import { eventually } from "../integration/support/eventually.ts";
import { survivors, Terminal } from "./terminal.ts";

jest.setTimeout(300_000);

/** A developer's own cloud may be running: its record is put back. */
let record: string | undefined;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-terminal-"));
  try {
    record = readFileSync(CLOUDS_FILE, "utf8");
  } catch {
    record = undefined;
  }
});

afterAll(() => {
  if (record !== undefined) writeFileSync(CLOUDS_FILE, record);
  rmSync(folder, { recursive: true, force: true });
});

describe("npm start", () => {
  const start = (): Terminal =>
    new Terminal(["cli/start.ts", "--port", "0", "--data", join(folder, "data")], folder);

  test("twice over the same data, with a kill -9 between: all is there, and what ran ends as on a lost host", async () => {
    await using first = start();
    const [, endpoint = ""] = await first.shows(/Ready\. The local cloud answers at (\S+)\. /);
    const stage: Stage = { name: "local", region: "us-east-1", endpoint };
    const options = clientOptions(stage);
    const operator = await operatorOf(stage);
    const { UploadsBucket: bucket, Cluster: cluster } = operator.outputs;
    const [ecs, s3] = [new ECSClient(options), new S3Client(options)];
    const key = "images/survivor.png";
    const body = await sharp({ create: { width: 9_000, height: 9_000, channels: 3, background: "#336699" } })
      .png()
      .toBuffer();
    const put = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    const versionId = put.VersionId ?? "";
    const jobId = uploadJobId({ pipeline: "images", bucket, key, versionId });
    const running = await eventually(
      "the job runs",
      () => operator.jobs.readJob(jobId),
      (job) => job?.state === "RUNNING",
    );
    // Beside the job's task there is the first worker of the renditions.
    const { taskArns: tasks = [] } = await ecs.send(new ListTasksCommand({ cluster }));
    expect(tasks).toContain(running?.attempts[0]?.taskArn);
    const family = await first.family();

    first.strike("SIGKILL");
    expect(await first.exited).toBe("SIGKILL");
    expect(await survivors(family)).toEqual([]);
    await using second = start();
    const [, sameEndpoint] = await second.shows(/Ready\. The local cloud answers at (\S+)\. /);

    expect(sameEndpoint).toBe(endpoint);
    const found = await ecs.send(new DescribeTasksCommand({ cluster, tasks }));
    const ends = found.tasks?.map(({ lastStatus, stopCode }) => ({ lastStatus, stopCode }));
    expect(ends).toEqual(tasks.map(() => ({ lastStatus: "STOPPED", stopCode: "InfrastructureHealth" })));
    const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    expect(Buffer.from((await object.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
    const job = await eventually(
      "the job has ended",
      () => operator.jobs.readJob(jobId),
      (current) => current?.state === "SUCCEEDED",
      { deadlineMs: 120_000 },
    );
    expect(job?.attempts.map(({ outcome }) => outcome)).toEqual(["platform", "succeeded"]);

    const all = await second.family();
    second.strike("SIGINT");
    expect(await second.exited).toBe(0);
    expect(await survivors(all)).toEqual([]);
  });
});

describe("Ctrl-C", () => {
  test.each([
    ["npm start", ["cli/start.ts", "--port", "0", "--data", "DATA"], /Deploying/],
    ["npm run demo, while it deploys", ["cli/demo/main.ts"], /Deploying/],
    ["npm run demo, while it uploads", ["cli/demo/main.ts"], /Uploading 9 of/],
    [
      "npm run chaos, while it uploads",
      ["test/chaos/main.ts", "--uploads", "400", "--seed", "5"],
      /[1-9]\d* killed/,
    ],
  ])("ends %s, and leaves no child and no temporary folder", async (_what, command, moment) => {
    await using terminal = new Terminal(
      command.map((word) => (word === "DATA" ? join(folder, "other") : word)),
      folder,
    );
    await terminal.shows(moment);
    const family = await eventually(
      "it has a child",
      () => terminal.family(),
      ({ length }) => length > 1,
    );

    terminal.strike("SIGINT");

    expect([0, 130]).toContain(await terminal.exited);
    expect(await survivors(family)).toEqual([]);
    expect(readdirSync(folder).filter((name) => name !== "data" && name !== "other")).toEqual([]);
    expect(terminal.said).not.toMatch(/\n {4}at /);
  });
});
