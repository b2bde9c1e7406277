import {
  CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
} from "@aws-sdk/client-cloudformation";
import { setTimeout as sleep } from "node:timers/promises";
import type { Check, Finding } from "./check.ts";
import { NotChecked } from "./check.ts";

const DRIFT_POLL_MS = 2_000;
const DRIFT_DEADLINE_MS = 120_000;

export const stackStatus: Check = {
  name: "stack",
  async run({ options, stackName, stage }) {
    const { Stacks = [] } = await new CloudFormationClient(options).send(
      new DescribeStacksCommand({ StackName: stackName }),
    );
    const { StackStatus: status = "unknown", StackStatusReason: reason = "" } = Stacks[0] ?? {};
    if (["CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"].includes(status)) return [];
    const isUnderWay = status.endsWith("_IN_PROGRESS");
    return [
      {
        severity: isUnderWay || status === "UPDATE_ROLLBACK_COMPLETE" ? "warning" : "error",
        what: `Stack ${stackName} is ${status}${reason === "" ? "" : `: ${reason}`}`,
        toDo: isUnderWay
          ? "Wait until the deploy that goes on has ended."
          : `Look at the stack's events and deploy again: npx serverless deploy --stage ${stage.name}`,
      },
    ];
  },
};

export const drift: Check = {
  name: "drift",
  async run({ options, stackName, stage }) {
    const client = new CloudFormationClient(options);
    const { StackDriftDetectionId } = await client.send(
      new DetectStackDriftCommand({ StackName: stackName }),
    );
    const deadline = Date.now() + DRIFT_DEADLINE_MS;
    for (;;) {
      const answer = await client.send(
        new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }),
      );
      if (answer.DetectionStatus === "DETECTION_COMPLETE") break;
      if (answer.DetectionStatus === "DETECTION_FAILED")
        throw new NotChecked(`CloudFormation could not find out: ${answer.DetectionStatusReason ?? ""}`);
      if (Date.now() > deadline) throw new NotChecked("CloudFormation took more than two minutes");
      await sleep(DRIFT_POLL_MS);
    }
    const { StackResourceDrifts = [] } = await client.send(
      new DescribeStackResourceDriftsCommand({
        StackName: stackName,
        StackResourceDriftStatusFilters: ["MODIFIED", "DELETED"],
      }),
    );
    return StackResourceDrifts.map(
      ({ LogicalResourceId = "", StackResourceDriftStatus, PropertyDifferences = [] }): Finding => {
        const paths = PropertyDifferences.map(({ PropertyPath = "" }) => PropertyPath).join(", ");
        return {
          severity: StackResourceDriftStatus === "DELETED" ? "error" : "warning",
          what: `${LogicalResourceId} was ${StackResourceDriftStatus === "DELETED" ? "deleted" : `changed (${paths})`} beside the template`,
          toDo: `Undo it by hand, or take it into the template and deploy: npx serverless deploy --stage ${stage.name}`,
        };
      },
    );
  },
};
