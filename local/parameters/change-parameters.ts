import { z } from "zod";
import { AwsError } from "../gateway/aws-error.ts";
import type { JsonOperation } from "../gateway/json-protocol.ts";
import type { ParameterStore } from "./parameter-store.ts";
import { tagList, tagsIn } from "./tags.ts";

const one = z.object({ Name: z.string() });
const several = z.object({ Names: z.array(z.string()) });
const resource = z.object({ ResourceType: z.string(), ResourceId: z.string() });
const added = resource.extend({ Tags: z.array(z.object({ Key: z.string(), Value: z.string() })) });
const removed = resource.extend({ TagKeys: z.array(z.string()) });

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html and its siblings */
export function changeOperations(store: ParameterStore): Readonly<Record<string, JsonOperation>> {
  const tagsOf = (name: string) => store.all().find((parameter) => parameter.name === name)?.tags ?? {};
  return {
    async DeleteParameter(body, request) {
      const { Name } = one.parse(body);
      request.authorize("ssm:DeleteParameter", store.arnOf(Name));
      if (!store.remove(Name)) throw new AwsError("ParameterNotFound", `Parameter ${Name} not found.`);
      return {};
    },

    async DeleteParameters(body, request) {
      const { Names } = several.parse(body);
      for (const name of Names) request.authorize("ssm:DeleteParameters", store.arnOf(name));
      const gone = new Set(Names.filter((name) => store.remove(name)));
      return { DeletedParameters: [...gone], InvalidParameters: Names.filter((name) => !gone.has(name)) };
    },

    async AddTagsToResource(body, request) {
      const { ResourceId, Tags } = added.parse(body);
      request.authorize("ssm:AddTagsToResource", store.arnOf(ResourceId));
      store.setTags(ResourceId, { ...tagsOf(ResourceId), ...tagsIn(Tags) });
      return {};
    },

    async RemoveTagsFromResource(body, request) {
      const { ResourceId, TagKeys } = removed.parse(body);
      request.authorize("ssm:RemoveTagsFromResource", store.arnOf(ResourceId));
      const kept = Object.entries(tagsOf(ResourceId)).filter(([key]) => !TagKeys.includes(key));
      store.setTags(ResourceId, Object.fromEntries(kept));
      return {};
    },

    async ListTagsForResource(body, request) {
      const { ResourceId } = resource.parse(body);
      request.authorize("ssm:ListTagsForResource", store.arnOf(ResourceId));
      return { TagList: tagList(tagsOf(ResourceId)) };
    },
  };
}
