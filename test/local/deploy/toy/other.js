"use strict";

/** Puts an item and deletes it again, signing as the service's role; answers what DynamoDB says to the deletion. */
exports.handler = async ({ id }) => {
  await dynamodb("PutItem", { Item: { id: { S: id } } });
  return dynamodb("DeleteItem", { Key: { id: { S: id } } });
};

async function dynamodb(operation, input) {
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SESSION_TOKEN, TABLE } = process.env;
  const scope = `${AWS_ACCESS_KEY_ID}/20261122/us-east-1/dynamodb/aws4_request`;
  const answer = await fetch(AWS_ENDPOINT_URL, {
    method: "POST",
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      "x-amz-security-token": AWS_SESSION_TOKEN,
      "x-amz-target": `DynamoDB_20120810.${operation}`,
      "content-type": "application/x-amz-json-1.0",
    },
    body: JSON.stringify({ TableName: TABLE, ...input }),
  });
  const document = await answer.json();
  if (!answer.ok) throw new Error(`${document.__type}: ${document.message}`);
  return document;
}
