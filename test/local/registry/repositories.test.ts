import { expect, test } from "@jest/globals";
import { createRegistryService } from "#local/registry/service.ts";
import { startOneService } from "../support/one-service.ts";

/**
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
 */
test("a repository that does not exist is not found, in ECR's words", async () => {
  const cloud = await startOneService(createRegistryService);

  const answer = await call(cloud.client.endpoint, "DescribeRepositories", {
    repositoryNames: ["serverless-toy-local"],
  });

  expect(answer).toEqual({
    status: 400,
    body: expect.objectContaining({
      __type: "RepositoryNotFoundException",
      message:
        "The repository with name 'serverless-toy-local' does not exist in the registry with id '000000000000'",
    }),
  });
  await cloud.stop();
});

test("a repository is made once, described and deleted", async () => {
  const cloud = await startOneService(createRegistryService);
  const { endpoint } = cloud.client;

  await call(endpoint, "CreateRepository", { repositoryName: "team/media" });
  const again = await call(endpoint, "CreateRepository", { repositoryName: "team/media" });
  const described = await call(endpoint, "DescribeRepositories", {});
  await call(endpoint, "DeleteRepository", { repositoryName: "team/media" });

  expect(again.body["__type"]).toBe("RepositoryAlreadyExistsException");
  expect(described.body["repositories"]).toMatchObject([
    {
      repositoryArn: "arn:aws:ecr:us-east-1:000000000000:repository/team/media",
      repositoryUri: `${new URL(endpoint).host}/team/media`,
    },
  ]);
  expect((await call(endpoint, "DescribeRepositories", {})).body["repositories"]).toEqual([]);
  await cloud.stop();
});

test("a name that ECR does not take is refused", async () => {
  const cloud = await startOneService(createRegistryService);

  const answer = await call(cloud.client.endpoint, "CreateRepository", { repositoryName: "Team Media" });

  expect(answer.body["__type"]).toBe("InvalidParameterException");
  await cloud.stop();
});

/** The SDK's ECR client is no dependency of this project; the wire is simple enough. */
async function call(
  endpoint: string,
  operation: string,
  input: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "x-amz-target": `AmazonEC2ContainerRegistry_V20150921.${operation}`,
      "content-type": "application/x-amz-json-1.1",
      authorization:
        "AWS4-HMAC-SHA256 Credential=operator/20260101/us-east-1/ecr/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
