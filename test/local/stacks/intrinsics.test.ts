import { describe, expect, test } from "@jest/globals";
import { evaluate, NO_VALUE, type Scope } from "#local/stacks/template/intrinsics.ts";
import { readDocument } from "#local/stacks/template/read-document.ts";

const resources: Record<string, { id: string; attributes: Record<string, unknown> }> = {
  Bucket: { id: "the-bucket", attributes: { Arn: "arn:aws:s3:::the-bucket", "Endpoint.Port": 443 } },
  Vpc: { id: "vpc-1", attributes: { CidrBlock: "10.1.0.0/16", Blocks: ["a", "b"] } },
};

const scope: Scope = {
  mappings: { Sizes: { prod: { Cpu: 4096, Names: ["x", "y"] } } },
  languageExtensions: true,
  zones: (region) => [`${region}a`, `${region}b`],
  ref: (name) => {
    if (name === "AWS::NoValue") return NO_VALUE;
    if (name === "AWS::Region") return "us-east-1";
    if (name === "Stage") return "prod";
    if (name === "Names") return ["one", "two"];
    return resources[name]?.id;
  },
  getAtt: (logicalId, attribute) => resources[logicalId]?.attributes[attribute],
  condition: (name) => name === "IsProd",
  importValue: (name) => `imported ${name}`,
};

/** As in the user guide's page of each function. */
const answers: [template: string, answer: unknown][] = [
  ["!Ref Stage", "prod"],
  ["!Ref Names", ["one", "two"]],
  ["!GetAtt Bucket.Arn", "arn:aws:s3:::the-bucket"],
  ["!GetAtt Bucket.Endpoint.Port", 443],
  ["!GetAtt [Bucket, Arn]", "arn:aws:s3:::the-bucket"],
  ['{"Fn::GetAtt": ["Bucket", {"Fn::Join": [".", ["Endpoint", "Port"]]}]}', 443],
  ['!Sub "${Bucket}-${AWS::Region}-${Bucket.Arn}"', "the-bucket-us-east-1-arn:aws:s3:::the-bucket"],
  ['!Sub "${!Literal} ${Bucket.Endpoint.Port} $$ {x}"', "${Literal} 443 $$ {x}"],
  ['!Sub ["${A}/${Stage}", {A: !Ref Bucket}]', "the-bucket/prod"],
  ['!Join [",", [a, !Ref Stage, 3]]', "a,prod,3"],
  ['!Join ["-", !Ref Names]', "one-two"],
  ["!Select [1, !Ref Names]", "two"],
  ['!Select ["0", !Split [":", "a:b:c"]]', "a"],
  ['!Split [":", !GetAtt Bucket.Arn]', ["arn", "aws", "s3", "", "", "the-bucket"]],
  ["!FindInMap [Sizes, !Ref Stage, Cpu]", 4096],
  ["!FindInMap [Sizes, prod, Names]", ["x", "y"]],
  ["!FindInMap [Sizes, dev, Cpu, {DefaultValue: 256}]", 256],
  ['!GetAZs ""', ["us-east-1a", "us-east-1b"]],
  ["!GetAZs eu-west-1", ["eu-west-1a", "eu-west-1b"]],
  ["!Cidr [10.0.0.0/16, 3, 12]", ["10.0.0.0/20", "10.0.16.0/20", "10.0.32.0/20"]],
  ["!Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 2]]", "10.1.1.0/24"],
  ["!Base64 abc", "YWJj"],
  ["Fn::Base64: !Sub '${Stage}'", "cHJvZA=="],
  ["!ImportValue vpc", "imported vpc"],
  ["Fn::ImportValue: !Sub '${Stage}-vpc'", "imported prod-vpc"],
  ["!If [IsProd, yes, 2]", true],
  ["!If [Other, 1, !Ref Stage]", "prod"],
  ["{a: !If [Other, 1, !Ref AWS::NoValue], b: 2}", { b: 2 }],
  ["[1, !Ref AWS::NoValue, !If [Other, 1, !Ref AWS::NoValue]]", [1]],
  ["!Equals [!Ref Stage, prod]", true],
  ['!Equals [1, "1"]', true],
  ["!And [!Condition IsProd, !Not [!Condition Other]]", true],
  ["!Or [!Condition Other, !Equals [a, b]]", false],
  ["!Not [!Equals [a, b]]", true],
  ["!Length [a, b, !Ref Stage]", 3],
  ["!Length {Ref: Names}", 2],
  ["!ToJsonString {a: !Ref Stage, b: [1, true]}", '{"a":"prod","b":[1,true]}'],
  // An IAM statement's Condition is data and no function.
  [
    "{Condition: {StringEquals: {'aws:x': !Ref Stage}}}",
    { Condition: { StringEquals: { "aws:x": "prod" } } },
  ],
  ["{Ref: Stage, Other: 1}", { Ref: "Stage", Other: 1 }],
];

const refusals: [template: string, message: string][] = [
  ["!Select [2, !Ref Names]", "Template error: Fn::Select  cannot select nonexistent value at index 2"],
  ["!FindInMap [Sizes, dev, Cpu]", "Template error: Unable to get mapping for Sizes::dev::Cpu"],
  ["!FindInMap [Nope, dev, Cpu]", "Template error: Mapping named 'Nope' is not present in the 'Mappings' section of template."],
  ["!Sub '${a b}'", "Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons"],
  ["!Cidr [10.0.0.0/24, 3, 8]", "Template error: Fn::Cidr: 3 blocks with 8 host bits do not fit into 10.0.0.0/24"],
  ["!Join [',', !Ref Stage]", "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined."],
  ["!If [IsProd, 1]", "Template error: Fn::If requires a list argument with three elements"],
  ["Fn::Transform: {Name: x}", "Template error: Fn::Transform is not a function that the local cloud knows"],
]; // prettier-ignore

/**
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
 */
describe("intrinsic functions", () => {
  test.each(answers)("%s", (template, answer) => {
    expect(evaluate(read(template), scope)).toEqual(answer);
  });

  test.each(refusals)("%s is refused", (template, message) => {
    expect(() => evaluate(read(template), scope)).toThrow(message);
  });

  test("Fn::Length needs the transform that brings it", () => {
    expect(() => evaluate(read("!Length [a]"), { ...scope, languageExtensions: false })).toThrow(
      "Fn::Length needs the transform AWS::LanguageExtensions",
    );
  });
});

function read(value: string): unknown {
  return readDocument(value.startsWith("Fn::") ? `value:\n  ${value}` : `value: ${value}`)["value"];
}
