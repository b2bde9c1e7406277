import { describe, expect, test } from "@jest/globals";
import type { DeployedService } from "../support/deployed-service.ts";

export function deploys(service: DeployedService): void {
  describe("the deploy", () => {
    test("leaves the stack's outputs", () => {
      expect(service.outputs).toMatchObject({
        UploadsBucket: expect.any(String),
        ResultsBucket: expect.any(String),
        JobsTable: expect.any(String),
        AdminTopic: expect.stringMatching(/^arn:aws:sns:/),
        Cluster: expect.any(String),
      });
    });

    test("is skipped where nothing has changed", async () => {
      const said = await service.deploy();

      expect(said.join("\n")).toContain("No changes to deploy. Deployment skipped.");
    });
  });
}
