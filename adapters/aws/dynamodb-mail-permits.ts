import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { MailPermits } from "#core/ports/mail-permits.ts";
import type { Table } from "./dynamodb-items.ts";

const KEEP_SECONDS = 3600;

/** One item a second in which mail goes out. A take whose answer was lost and that is repeated takes two, which harms nobody. */
export class DynamoDbMailPermits implements MailPermits {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async take(second: number, limit: number): Promise<boolean> {
    try {
      await this.#table.client.send(
        new UpdateCommand({
          TableName: this.#table.tableName,
          Key: { pk: `MAILS#${second}`, sk: "MAILS" },
          UpdateExpression: "ADD taken :one SET expiresAt = :expiresAt",
          ConditionExpression: "attribute_not_exists(taken) OR taken < :limit",
          ExpressionAttributeValues: { ":one": 1, ":limit": limit, ":expiresAt": second + KEEP_SECONDS },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
