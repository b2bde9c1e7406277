import { INVALID_MESSAGE_BODY_CHAR } from "../../node_modules/fauxqs/dist/sqs/sqsTypes.js";

/**
 * SQS takes the characters of XML 1.0, those above U+FFFF (emoji among them) included; only a lone surrogate is refused.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
// oxlint-disable-next-line no-control-regex -- it names the characters that are not allowed
const NOT_ALLOWED = /[^\u0009\u000a\u000d\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** fauxqs looks at UTF-16 halves and refuses every emoji; from here on its check asks ours. */
export function allowAllCharactersOfSqs(): void {
  Object.defineProperty(INVALID_MESSAGE_BODY_CHAR, "test", {
    value: (text: string) => NOT_ALLOWED.test(text),
    configurable: true,
  });
}
