import { DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";

/** Deletes every version of every object: CloudFormation removes no bucket that holds something. For the local stage only. */
export async function emptyBuckets(buckets: readonly string[], region: string): Promise<void> {
  const client = new S3Client({ region });
  for (const bucket of buckets) {
    while (await deleteSome(client, bucket));
  }
}

/** Deletes what one listing shows, at most 1,000 versions. @returns whether there was anything */
async function deleteSome(client: S3Client, Bucket: string): Promise<boolean> {
  const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
  const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
  if (Objects.length === 0) return false;
  const { Errors = [] } = await client.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
  );
  if (Errors.length > 0)
    throw new Error(`Bucket ${Bucket} cannot be emptied: ${Errors[0]?.Message ?? "no reason given"}`);
  return true;
}
