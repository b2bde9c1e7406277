import { describe, expect, it } from "@jest/globals";
import type { Settings } from "#infrastructure/settings.ts";
import { roomForTasks, roomInWords } from "#infrastructure/plugin/room-for-tasks.ts";
import { aPipeline } from "#test/unit/support/builders.ts";

const settings = {
  existingNetwork: { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"], publicAddress: false },
} as Settings;

describe("the room for tasks", () => {
  it("is every address of our own subnets that AWS does not keep", async () => {
    const pipelines = { a: aPipeline("a"), b: aPipeline("b", { network: "private" }) };

    const rooms = await roomForTasks(pipelines, settings, () => Promise.reject(new Error("not asked")));

    expect(rooms).toEqual([
      { network: "private", tasks: 32_758 },
      { network: "public", tasks: 12_273 },
    ]);
  });

  it("is what is free in the subnets of an existing network", async () => {
    const asked: string[] = [];
    const pipelines = { a: aPipeline("a", { network: "existing" }) };

    const rooms = await roomForTasks(pipelines, settings, (ids) => {
      asked.push(...ids);
      return Promise.resolve(300);
    });

    expect(rooms).toEqual([{ network: "existing", tasks: 300 }]);
    expect(asked).toEqual(["subnet-1", "subnet-2"]);
  });

  it("asks for nothing where tasks share the addresses of instances", async () => {
    const capacity = { type: "ec2" as const, instances: { type: "c7g.large", most: 2 } };

    expect(
      await roomForTasks({ a: aPipeline("a", { capacity, network: "existing" }) }, settings, () =>
        Promise.reject(new Error("not asked")),
      ),
    ).toEqual([]);
  });

  it("is told with what to do where the stage may start more", () => {
    expect(roomInWords([{ network: "existing", tasks: 300 }], { maxTasks: 1000 })).toEqual([
      'Network "existing" has addresses for 300 tasks at once, and the stage may start 1000: launches beyond that fail and are tried again; lower maxTasks in infrastructure/stages/ or name larger subnets.',
    ]);
  });
});
