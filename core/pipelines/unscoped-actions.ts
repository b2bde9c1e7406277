/**
 * Actions that AWS knows no resource for: a statement that allows one must say "*", and no other statement may. The reason stands
 * beside each; the pages are those of the Service Authorization Reference,
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const UNSCOPED_ACTIONS: ReadonlyMap<string, string> = new Map([
  ["ecr:GetAuthorizationToken", "the token is the whole registry's"],
  ["ecs:DiscoverPollEndpoint", "asks where the agent shall connect, before it belongs to a cluster"],
  ["rekognition:DetectLabels", "works on the image in the request"],
  ["rekognition:DetectModerationLabels", "works on the image in the request"],
  ["rekognition:DetectText", "works on the image in the request"],
  ["textract:AnalyzeDocument", "works on the document in the request"],
  ["textract:DetectDocumentText", "works on the document in the request"],
]);
