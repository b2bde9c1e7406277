import { readBody } from "../gateway/body.ts";
import type { CloudContext } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { json, jsonObject, type RestCall, type RestRoute } from "../gateway/rest-protocol.ts";
import { requestedSchedule, SCHEDULER_PRINCIPAL } from "./requested-schedule.ts";
import { page } from "./page.ts";
import type { ScheduleRecord, ScheduleStore } from "./schedule-store.ts";

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Operations.html */
export function scheduleRoutes(context: CloudContext, store: ScheduleStore): RestRoute[] {
  const bodyOf = async ({ request, path }: RestCall): Promise<Readonly<Record<string, unknown>>> => ({
    ...jsonObject(await readBody(request.body)),
    Name: path["Name"],
  });
  const addressed = ({ request, path, query }: RestCall, action: string): ScheduleRecord => {
    const group = query.get("groupName") ?? undefined;
    const name = path["Name"] ?? "";
    request.authorize(`scheduler:${action}`, store.arnOf(name, group ?? "default"));
    return store.schedule(name, group);
  };
  const asked = (
    call: RestCall,
    action: string,
    body: Readonly<Record<string, unknown>>,
    existing?: ScheduleRecord,
  ) => {
    call.request.authorize(
      `scheduler:${action}`,
      store.arnOf(String(body["Name"]), String(body["GroupName"] ?? "default")),
    );
    const schedule = requestedSchedule(context, store, body, existing);
    call.request.authorize("iam:PassRole", schedule.target.RoleArn, {
      "iam:PassedToService": SCHEDULER_PRINCIPAL,
    });
    store.put(schedule);
    return json(200, { ScheduleArn: schedule.arn });
  };
  return [
    {
      operation: "CreateSchedule",
      method: "POST",
      path: "/schedules/{Name}",
      async handle(call) {
        const body = await bodyOf(call);
        const group = String(body["GroupName"] ?? "default");
        if (store.find(String(body["Name"]), group) !== undefined) {
          throw new AwsError("ConflictException", `Schedule ${String(body["Name"])} already exists.`, 409);
        }
        return asked(call, "CreateSchedule", body);
      },
    },
    {
      operation: "UpdateSchedule",
      method: "PUT",
      path: "/schedules/{Name}",
      async handle(call) {
        const body = await bodyOf(call);
        const existing = store.schedule(String(body["Name"]), String(body["GroupName"] ?? "default"));
        return asked(call, "UpdateSchedule", body, existing);
      },
    },
    {
      operation: "GetSchedule",
      method: "GET",
      path: "/schedules/{Name}",
      handle: async (call) => json(200, described(addressed(call, "GetSchedule"))),
    },
    {
      operation: "DeleteSchedule",
      method: "DELETE",
      path: "/schedules/{Name}",
      async handle(call) {
        store.remove(addressed(call, "DeleteSchedule"));
        return json(200, {});
      },
    },
    {
      operation: "ListSchedules",
      method: "GET",
      path: "/schedules",
      async handle({ request, query }) {
        request.authorize("scheduler:ListSchedules", "*");
        const [group, prefix, state] = ["ScheduleGroup", "NamePrefix", "State"].map((name) =>
          query.get(name),
        );
        const matching = store
          .schedules()
          .filter((each) => group === null || each.group === group)
          .filter((each) => each.name.startsWith(prefix ?? ""))
          .filter((each) => state === null || each.state === state);
        const { items, rest } = page(matching, query);
        return json(200, { Schedules: items.map(summary), ...rest });
      },
    },
  ];
}

function summary(schedule: ScheduleRecord): Record<string, unknown> {
  return {
    Arn: schedule.arn,
    Name: schedule.name,
    GroupName: schedule.group,
    State: schedule.state,
    CreationDate: schedule.createdAt / 1000,
    LastModificationDate: schedule.modifiedAt / 1000,
    Target: { Arn: schedule.target.Arn },
  };
}

function described(schedule: ScheduleRecord): Record<string, unknown> {
  return {
    ...summary(schedule),
    Description: schedule.description,
    KmsKeyArn: schedule.kmsKeyArn,
    ScheduleExpression: schedule.expression,
    ScheduleExpressionTimezone: schedule.timeZone,
    FlexibleTimeWindow: schedule.flexibleWindow,
    ActionAfterCompletion: schedule.afterCompletion,
    Target: schedule.target,
    ...(schedule.startAt === undefined ? {} : { StartDate: schedule.startAt / 1000 }),
    ...(schedule.endAt === undefined ? {} : { EndDate: schedule.endAt / 1000 }),
  };
}
