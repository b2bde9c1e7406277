import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { requestJobId, scheduleJobId, uploadJobId } from "#core/jobs/job-id.ts";

const object = { pipeline: "images", bucket: "uploads", key: "images/a.jpg", versionId: "v1" };

it("is the same today as when the first job was recorded", () => {
  expect(uploadJobId(object)).toBe("c0b93428aee6a9b2a5b7b4074ae2802a");
  expect(scheduleJobId({ pipeline: "p", ruleArn: "r", tick: "t" })).toBe("67f7c11ca89e55f49d8e07b120e40ec3");
  expect(requestJobId({ pipeline: "p", idempotencyKey: "k" })).toBe("cd4f829089ba9e116fe8c458a8eca4b7");
});

it("follows from pipeline, bucket, key and version, and from nothing else", () => {
  const more = { ...object, sequencer: "1", sizeBytes: 5, etag: "e" };

  expect(uploadJobId(more)).toBe(uploadJobId(object));
  for (const member of Object.keys(object)) {
    expect(uploadJobId({ ...object, [member]: "other" })).not.toBe(uploadJobId(object));
  }
});

it("does not mix up parts that would read the same side by side", () => {
  const parts = fc.record({
    pipeline: fc.string(),
    bucket: fc.string(),
    key: fc.string(),
    versionId: fc.string(),
  });
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other);
      expect(uploadJobId(one) === uploadJobId(other)).toBe(same);
    }),
  );
});

it("is 32 hexadecimal digits, whatever the key", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (key) => {
      expect(uploadJobId({ ...object, key })).toMatch(/^[0-9a-f]{32}$/);
    }),
  );
});
