import { DeleteObjectsCommand, ListObjectVersionsCommand, NoSuchBucket, S3Client } from "@aws-sdk/client-s3";

/**
 * Deletes every version of every object: CloudFormation removes no bucket that holds something. A bucket that is gone already, from a
 * removal that was broken off, is empty.
 * @returns how many versions and delete markers it held
 */
export async function emptyBucket(bucket: string, region: string): Promise<number> {
  const client = new S3Client({ region });
  let deleted = 0;
  try {
    for (let some = await deleteSome(client, bucket); some > 0; some = await deleteSome(client, bucket))
      deleted += some;
  } catch (error) {
    if (!(error instanceof NoSuchBucket)) throw error;
  }
  return deleted;
}

/** Deletes what one listing shows, at most 1,000 versions. @returns how many */
async function deleteSome(client: S3Client, Bucket: string): Promise<number> {
  const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
  const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
  if (Objects.length === 0) return 0;
  const { Errors = [] } = await client.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
  );
  if (Errors.length > 0)
    throw new Error(`Bucket ${Bucket} cannot be emptied: ${Errors[0]?.Message ?? "no reason given"}`);
  return Objects.length;
}
