import { describe, expect, it } from "@jest/globals";
import { ConfigError, FUNCTION_VARIABLES, readConfig } from "#runtime/config.ts";

const good = {
  SLIPWAY_JOBS_TABLE: "jobs",
  SLIPWAY_EVENT_BUS: "bus",
  SLIPWAY_DISPATCH_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/1/dispatch.fifo",
  SLIPWAY_WAKE_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/1/wake",
  SLIPWAY_WAKE_DEDUPLICATION: "window",
  SLIPWAY_CLUSTER: "arn:aws:ecs:us-east-1:1:cluster/slipway",
  SLIPWAY_NETWORKS:
    '{"public":{"subnets":["subnet-a","subnet-b"],"securityGroup":"sg-1","publicAddress":true}}',
  SLIPWAY_CAPACITY_PROVIDERS: "{}",
  SLIPWAY_TASK_DEFINITIONS: '{"images":"arn:aws:ecs:us-east-1:1:task-definition/images:7"}',
  SLIPWAY_MAX_VCPU: "6",
  SLIPWAY_MAX_TASKS: "1000",
  SLIPWAY_LAUNCHES_PER_SECOND: "15",
};

function messageOf(environment: Record<string, string | undefined>): string {
  try {
    readConfig(FUNCTION_VARIABLES.dispatch, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

describe("the configuration of a function", () => {
  it("is read from its variables, in the form in which it is used", () => {
    const config = readConfig(FUNCTION_VARIABLES.dispatch, { ...good, SOMETHING_ELSE: "x" });

    expect(config).toMatchObject({
      SLIPWAY_NETWORKS: {
        public: { subnets: ["subnet-a", "subnet-b"], securityGroup: "sg-1", publicAddress: true },
      },
      SLIPWAY_CAPACITY_PROVIDERS: {},
      SLIPWAY_MAX_VCPU: 6,
      SLIPWAY_MAX_TASKS: 1000,
      SLIPWAY_LAUNCHES_PER_SECOND: 15,
      SLIPWAY_TASK_DEFINITIONS: { images: "arn:aws:ecs:us-east-1:1:task-definition/images:7" },
    });
    expect(config).not.toHaveProperty("SOMETHING_ELSE");
    expect(Object.isFrozen(config)).toBe(true);
  });

  it("names all variables that are wrong, at once", () => {
    const message = messageOf({
      ...good,
      SLIPWAY_JOBS_TABLE: undefined,
      SLIPWAY_EVENT_BUS: "",
      SLIPWAY_DISPATCH_QUEUE_URL: "dispatch",
      SLIPWAY_WAKE_DEDUPLICATION: "sometimes",
      SLIPWAY_CLUSTER: "slipway",
      SLIPWAY_MAX_VCPU: "-1",
      SLIPWAY_TASK_DEFINITIONS: "{",
    });

    for (const name of [
      "SLIPWAY_JOBS_TABLE",
      "SLIPWAY_EVENT_BUS",
      "SLIPWAY_DISPATCH_QUEUE_URL",
      "SLIPWAY_WAKE_DEDUPLICATION",
      "SLIPWAY_CLUSTER",
      "SLIPWAY_MAX_VCPU",
    ]) {
      expect(message).toContain(`${name}: `);
    }
    expect(message).toContain("SLIPWAY_TASK_DEFINITIONS: is not JSON");
    expect(message).not.toContain("SLIPWAY_NETWORKS");
  });

  it("does not ask for what the function does not read", () => {
    const { SLIPWAY_DISPATCH_QUEUE_URL, SLIPWAY_WAKE_DEDUPLICATION } = good;

    expect(
      readConfig(FUNCTION_VARIABLES.wake, { SLIPWAY_DISPATCH_QUEUE_URL, SLIPWAY_WAKE_DEDUPLICATION }),
    ).toEqual({
      SLIPWAY_DISPATCH_QUEUE_URL,
      SLIPWAY_WAKE_DEDUPLICATION,
    });
  });
});
