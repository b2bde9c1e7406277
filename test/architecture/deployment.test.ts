import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import * as rules from "./support/deployment-rules.ts";
import type { Template } from "./support/package-service.ts";
import { type Plant, withViolation } from "./support/planted-violation.ts";
import type { TemplateRule } from "./support/template-rules.ts";

/** The golden templates are what is packaged; test/golden compares them. */
const template = (name: string): Template =>
  JSON.parse(readFileSync(join(import.meta.dirname, "..", "golden", name), "utf8")) as Template;

const everything = template("everything.json");

/** Each rule, and violations that it must see in the template with every option. */
const CASES: [sentence: string, rule: TemplateRule, plants: Plant[]][] = [
  [
    "EC2 takes what groups and their rules are described as",
    rules.ec2TakesAllDescriptions,
    [
      { path: "WebServiceSecurityGroup.Properties.SecurityGroupEgress.0.Description", value: "the group's" },
      { path: "EndpointSecurityGroup.Properties.GroupDescription", value: "tasks' endpoints" },
      { path: "SharedFilesFromTasks.Properties.Description", value: "NFS \u2192 tasks" },
    ],
  ],
  [
    "a service waits for what its tasks cannot start without",
    rules.servicesWaitForWhatTheirTasksNeed,
    [
      { path: "WebService.DependsOn", value: "ClusterCapacity" },
      { path: "PlainWebService.DependsOn", value: ["ClusterCapacity", "PlainWebListener"] },
    ],
  ],
  [
    "tasks on instances know their Region",
    rules.tasksOnInstancesKnowTheirRegion,
    [{ path: "RendersTaskDefinition.Properties.ContainerDefinitions.0.Environment", value: [] }],
  ],
  [
    "no service names a launch type",
    rules.nothingNamesALaunchType,
    [{ path: "WebService.Properties.CapacityProviderStrategy" }],
  ],
  [
    "images of any account's registry may be pulled",
    rules.imagesMayBePulled,
    [{ path: "VendedExecutionRole.Properties.Policies.0.PolicyDocument.Statement.1.Resource", value: "*" }],
  ],
];

describe.each(["default.json", "everything.json"])("of the template %s", (name) => {
  it.each(CASES)("%s", (_sentence, rule) => {
    expect(rule(template(name))).toEqual([]);
  });
});

describe("a planted violation is seen:", () => {
  const planted = CASES.flatMap(([sentence, rule, plants]) =>
    plants.map((plant) => [`${plant.path}, though ${sentence}`, rule, plant] as const),
  );

  it.each(planted)("%s", (_what, rule, plant) => {
    expect(rule(withViolation(everything, plant))).not.toEqual([]);
  });
});
