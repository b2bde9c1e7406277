import type { Template, TemplateResource } from "./package-service.ts";

/** What every template of ours must hold to. Each rule answers what breaks it, by logical id. */
export type TemplateRule = (template: Template) => string[];

interface PolicyStatement {
  Effect: string;
  Principal?: { Service?: string | string[]; AWS?: unknown };
  Action: string | string[];
  Resource?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

interface RuleTarget {
  Id: string;
  Arn: { "Fn::GetAtt": [string, string] };
  DeadLetterConfig?: { Arn: { "Fn::GetAtt": [string, string] } };
  RetryPolicy?: object;
}

export const noWildcardActions: TemplateRule = (template) =>
  roleStatements(template).flatMap(({ id, statement }) =>
    list(statement.Action)
      .filter((action) => action.includes("*"))
      .map((action) => `${id} allows ${action}`),
  );

export const everyFunctionHasItsRole: TemplateRule = (template) => {
  const roles = ofType(template, "AWS::Lambda::Function").map(([id, { Properties }]) => ({
    id,
    role: JSON.stringify(Properties.Role),
  }));
  return roles
    .filter(({ role }, index) => roles.findIndex((other) => other.role === role) !== index)
    .map(({ id }) => `${id} shares its role`);
};

export const queuesHaveDeadLetterQueues: TemplateRule = (template) =>
  ofType(template, "AWS::SQS::Queue")
    .filter(([id, { Properties }]) => !id.includes("DeadLetter") && Properties.RedrivePolicy === undefined)
    .map(([id]) => `${id} has no dead-letter queue`);

export const bucketsArePrivate: TemplateRule = (template) =>
  ofType(template, "AWS::S3::Bucket").flatMap(([id, { Properties }]) => {
    const block = (Properties.PublicAccessBlockConfiguration ?? {}) as Record<string, boolean>;
    return Object.values(block).filter(Boolean).length === 4 ? [] : [`${id} may be made public`];
  });

export const targetsHaveDeadLetterQueues: TemplateRule = (template) =>
  targets(template)
    .filter(({ target }) => target.DeadLetterConfig === undefined || target.RetryPolicy === undefined)
    .map(({ rule, target }) => `${rule} loses what it cannot deliver to ${target.Id}`);

export const rulesMaySendToTheirQueues: TemplateRule = (template) =>
  targets(template).flatMap(({ rule, target }) =>
    [target.Arn, target.DeadLetterConfig?.Arn]
      .map(idOf)
      .filter((id) => template.Resources[id]?.Type === "AWS::SQS::Queue")
      .filter((queue) => !mayBeSentTo(template, queue, rule))
      .map((queue) => `${rule} may not send to ${queue}`),
  );

export const calledFunctionsHaveDestinations: TemplateRule = (template) => {
  const withDestination = ofType(template, "AWS::Lambda::EventInvokeConfig").map(([, { Properties }]) =>
    idOf(Properties.FunctionName),
  );
  return targets(template)
    .map(({ target }) => idOf(target.Arn))
    .filter((id) => template.Resources[id]?.Type === "AWS::Lambda::Function" && !withDestination.includes(id))
    .map((id) => `${id} loses events that it fails on`);
};

export const queuesOutlastTheirFunctions: TemplateRule = (template) =>
  ofType(template, "AWS::Lambda::EventSourceMapping").flatMap(([id, { Properties }]) => {
    const queue = template.Resources[idOf(Properties.EventSourceArn)];
    const consumer = template.Resources[idOf(Properties.FunctionName)];
    const visibility = Number(queue?.Properties.VisibilityTimeout);
    const timeout = Number(consumer?.Properties.Timeout);
    return visibility >= 2 * timeout ? [] : [`${id} would redeliver what is still being worked on`];
  });

function targets(template: Template): { rule: string; target: RuleTarget }[] {
  return ofType(template, "AWS::Events::Rule").flatMap(([rule, { Properties }]) =>
    (Properties.Targets as RuleTarget[]).map((target) => ({ rule, target })),
  );
}

function mayBeSentTo(template: Template, queue: string, rule: string): boolean {
  return ofType(template, "AWS::SQS::QueuePolicy")
    .filter(([, { Properties }]) => list(Properties.Queues).map(idOf).includes(queue))
    .flatMap(([, { Properties }]) => statementsOf(Properties.PolicyDocument))
    .filter(({ Effect, Action }) => Effect === "Allow" && list(Action).includes("sqs:SendMessage"))
    .some(({ Condition }) => list(Condition?.ArnEquals?.["aws:SourceArn"]).map(idOf).includes(rule));
}

export function roleStatements(template: Template): { id: string; statement: PolicyStatement }[] {
  return ofType(template, "AWS::IAM::Role").flatMap(([id, { Properties }]) =>
    (Properties.Policies as { PolicyDocument: unknown }[]).flatMap(({ PolicyDocument }) =>
      statementsOf(PolicyDocument).map((statement) => ({ id, statement })),
    ),
  );
}

export function statementsOf(document: unknown): PolicyStatement[] {
  return (document as { Statement?: PolicyStatement[] } | undefined)?.Statement ?? [];
}

export function ofType(template: Template, type: string): [string, TemplateResource][] {
  return Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
}

/** The resource that a Ref or GetAtt means. */
export function idOf(value: unknown): string {
  const reference = value as { Ref?: string; "Fn::GetAtt"?: [string, string] } | undefined;
  return reference?.Ref ?? reference?.["Fn::GetAtt"]?.[0] ?? "";
}

export function list<Item>(value: Item | Item[] | undefined): Item[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
