import { z } from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import type { JsonOperation } from "../../gateway/json-protocol.ts";
import { type Bus, type BusStore, DEFAULT_BUS } from "../bus-store.ts";
import { arn, busName, busNameOrArn, page, tags } from "../shapes.ts";
import { checked } from "../validation.ts";
import { onePage } from "./paging.ts";

const create = z.object({
  Name: busName,
  Description: z.string().max(512).optional(),
  Tags: tags.optional(),
});
const describeBus = z.object({ Name: busNameOrArn });
const remove = z.object({ Name: busName });
const list = z.object({ NamePrefix: busName.optional(), ...page });
const tagsOf = z.object({ ResourceARN: arn });
const tag = z.object({ ResourceARN: arn, Tags: tags });
const untag = z.object({ ResourceARN: arn, TagKeys: z.array(z.string()) });

export function busOperations(store: BusStore): Readonly<Record<string, JsonOperation>> {
  return {
    async CreateEventBus(body, request) {
      const input = checked(create, body);
      request.authorize("events:CreateEventBus", store.busArn(input.Name));
      const bus = createBus(store, input.Name, input.Description);
      bus.tags = Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
      store.save();
      return { EventBusArn: bus.arn, Description: bus.description };
    },
    async DescribeEventBus(body, request) {
      const input = checked(describeBus, body);
      request.authorize("events:DescribeEventBus", store.busArn(store.busName(input.Name)));
      return describe(store.bus(input.Name));
    },
    async ListEventBuses(body, request) {
      const input = checked(list, body);
      request.authorize("events:ListEventBuses", store.busArn("*"));
      const buses = store.buses().filter(({ name }) => name.startsWith(input.NamePrefix ?? ""));
      const { items, NextToken } = onePage(buses, input);
      return { EventBuses: items.map(describe), NextToken };
    },
    async DeleteEventBus(body, request) {
      const { Name } = checked(remove, body);
      request.authorize("events:DeleteEventBus", store.busArn(Name));
      deleteBus(store, Name);
      return {};
    },
    async ListTagsForResource(body, request) {
      const { ResourceARN } = checked(tagsOf, body);
      request.authorize("events:ListTagsForResource", ResourceARN);
      return { Tags: Object.entries(store.tagged(ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })) };
    },
    async TagResource(body, request) {
      const { ResourceARN, Tags } = checked(tag, body);
      request.authorize("events:TagResource", ResourceARN);
      const tagged = store.tagged(ResourceARN);
      tagged.tags = { ...tagged.tags, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) };
      store.save();
      return {};
    },
    async UntagResource(body, request) {
      const { ResourceARN, TagKeys } = checked(untag, body);
      request.authorize("events:UntagResource", ResourceARN);
      const tagged = store.tagged(ResourceARN);
      tagged.tags = Object.fromEntries(Object.entries(tagged.tags).filter(([key]) => !TagKeys.includes(key)));
      store.save();
      return {};
    },
  };
}

function describe(bus: Bus) {
  const statements = Object.values(bus.statements);
  return {
    Name: bus.name,
    Arn: bus.arn,
    Description: bus.description,
    Policy:
      statements.length === 0 ? undefined : JSON.stringify({ Version: "2012-10-17", Statement: statements }),
    CreationTime: bus.createdAt / 1000,
    LastModifiedTime: bus.modifiedAt / 1000,
  };
}

/** @throws AwsError ResourceAlreadyExistsException, ValidationException */
export function createBus(store: BusStore, name: string, description: string | undefined): Bus {
  if (name.includes("/")) throw new AwsError("ValidationException", "Event bus name must not contain '/'.");
  if (store.findBus(name) !== undefined) {
    throw new AwsError("ResourceAlreadyExistsException", `Event bus ${name} already exists.`);
  }
  const bus = store.addBus(name);
  if (description !== undefined) bus.description = description;
  store.save();
  return bus;
}

/** A bus that is gone already is a success. @throws AwsError ValidationException where it has rules or is the default bus */
export function deleteBus(store: BusStore, name: string): void {
  if (name === DEFAULT_BUS) throw new AwsError("ValidationException", "Cannot delete event bus default.");
  if (store.rules(name).length > 0)
    throw new AwsError("ValidationException", "Event bus can't be deleted since it has rules.");
  store.removeBus(name);
  store.save();
}
