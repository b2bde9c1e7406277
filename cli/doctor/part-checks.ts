import { existsSync } from "node:fs";
import { join } from "node:path";
import { DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { DescribeTaskDefinitionCommand, ECSClient } from "@aws-sdk/client-ecs";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { SNSClient } from "@aws-sdk/client-sns";
import { unconfirmedAddresses } from "../../infrastructure/plugin/unconfirmed-addresses.ts";
import type { Check, Finding } from "./check.ts";
import { type Ground, resourcesOf } from "./ground.ts";

/** Whether somebody hears of failures. */
export const subscriptions: Check = {
  name: "subscriptions",
  async run({ operator, options }) {
    const waiting = await unconfirmedAddresses(operator.outputs.AdminTopic, new SNSClient(options));
    return waiting.map((address) => ({
      severity: "error",
      what: `${address} gets no mail: the link in AWS' confirmation mail was not followed.`,
      toDo: "Follow it within two days; after that take the address out of adminEmail, deploy, and put it in again.",
    }));
  },
};

const ECR_IMAGE =
  /^\d+\.dkr\.ecr\.[^/]+\/(?<repository>[^:@]+)(?:@(?<digest>sha256:[0-9a-f]+)|:(?<tag>[^@]+))$/;

/** Whether each task definition's image is there to be pulled. */
export const images: Check = {
  name: "images",
  async run(ground) {
    const ecs = new ECSClient(ground.options);
    const named = await Promise.all(
      resourcesOf(ground, "AWS::ECS::TaskDefinition").map(async ({ logicalId, physicalId }) => {
        const { taskDefinition } = await ecs.send(
          new DescribeTaskDefinitionCommand({ taskDefinition: physicalId }),
        );
        return (taskDefinition?.containerDefinitions ?? []).map(({ image = "" }) => ({ logicalId, image }));
      }),
    );
    const findings = await Promise.all(named.flat().map((one) => missingImage(one, ground)));
    return findings.flat();
  },
};

async function missingImage(
  { logicalId, image }: { logicalId: string; image: string },
  { isLocal, stage, options }: Ground,
): Promise<Finding[]> {
  const toDo = `Build and push it: npx serverless deploy --stage ${stage.name}`;
  const { repository, digest, tag } = ECR_IMAGE.exec(image)?.groups ?? {};
  if (repository === undefined) {
    const isThere = !isLocal || !image.startsWith("/") || existsSync(join(image, "Dockerfile"));
    return isThere
      ? []
      : [{ severity: "error", what: `${logicalId}: there is no Dockerfile in ${image}.`, toDo }];
  }
  const imageIds = [digest === undefined ? { imageTag: tag } : { imageDigest: digest }];
  try {
    await new ECRClient(options).send(new DescribeImagesCommand({ repositoryName: repository, imageIds }));
    return [];
  } catch (error) {
    if (!(error instanceof Error) || !/NotFound/.test(error.name)) throw error;
    return [{ severity: "error", what: `${logicalId}: the image ${image} is not in ECR.`, toDo }];
  }
}

/** Whether each role is there; what a role may do is drift's business and, on the local cloud, that of its refused calls. */
export const roles: Check = {
  name: "roles",
  async run(ground) {
    const iam = new IAMClient(ground.options);
    const found = await Promise.all(
      resourcesOf(ground, "AWS::IAM::Role").map(async ({ logicalId, physicalId }): Promise<Finding[]> => {
        try {
          await iam.send(new GetRoleCommand({ RoleName: physicalId }));
          return [];
        } catch (error) {
          if (!(error instanceof Error) || !/NoSuchEntity/.test(error.name)) throw error;
          return [
            {
              severity: "error",
              what: `${logicalId}: the role ${physicalId} is gone.`,
              toDo: `Make it anew: take what uses it out of the template, deploy, put it back and deploy with npx serverless deploy --stage ${ground.stage.name}`,
            },
          ];
        }
      }),
    );
    return found.flat();
  },
};
