import { describe, expect, test } from "@jest/globals";
import { compilePattern } from "#local/events/patterns/compile.ts";
import { eventFields, matches } from "#local/events/patterns/match.ts";
import { PatternError } from "#local/events/patterns/pattern-error.ts";

/**
 * The laws of https://github.com/aws/event-ruler and of
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html, one case or more for each.
 * Patterns and events are JSON texts, as the way a number is written counts.
 */
const fits = (pattern: string, event: string): boolean =>
  matches(compilePattern(pattern), eventFields(event));

/** A pattern for the member `a`, the values of it that fit and those that do not. */
type LeafCase = readonly [tests: string, fitting: readonly string[], others: readonly string[]];

const LEAVES: readonly LeafCase[] = [
  [`["x", 1, true, null]`, [`"x"`, "1", "true", "null"], [`"X"`, `"1"`, "false", `"null"`, `""`, "[]", "{}"]],
  [`[null]`, ["null"], [`""`, `"null"`, "0", "false"]],
  [`[""]`, [`""`], ["null", `" "`]],
  [`["é"]`, [`"é"`, String.raw`"\u00e9"`], [`"e"`, `"É"`, String.raw`"e\u0301"`]],
  [String.raw`["\ud83d\ude00"]`, [`"😀"`], [`"😁"`]],
  [`[300]`, ["300", "300.0", "3e2"], ["300.5", "30", `"300"`]],
  [`[1e999]`, ["1e999"], ["1e998", "2e999"]],
  [
    `["10.0.0.1"]`,
    [`"10.0.0.1"`, `"010.0.0.01"`, `"::ffff:a00:1"`],
    [`"10.0.0.2"`, `"::ffff:10.0.0.1"`, "10"],
  ],
  [`["x"]`, [`["y", "x"]`, `[["x"]]`], [`["y"]`, `{"b": "x"}`]],

  [`[{"prefix": ""}]`, [`""`, `"x"`], ["1", "null"]],
  [`[{"prefix": "1"}]`, [`"1"`, `"12"`], ["1", "12", `"21"`]],
  [`[{"suffix": ".png"}]`, [`"a.png"`, `".png"`], [`"a.PNG"`, `".png "`]],
  [`[{"prefix": {"equals-ignore-case": "Ab"}}]`, [`"abc"`, `"ABC"`], [`"xab"`]],
  [`[{"suffix": {"equals-ignore-case": ".Png"}}]`, [`"a.pnG"`], [`".png.x"`]],
  [`[{"equals-ignore-case": "Éa"}]`, [`"éA"`], [`"ea"`, `"éab"`]],
  [`[{"exactly": "x"}]`, [`"x"`], [`"xx"`]],

  [`[{"wildcard": "a*c"}]`, [`"ac"`, `"abbbc"`, `"acc"`], [`"acd"`, `"xac"`, "1"]],
  [`[{"wildcard": "*"}]`, [`""`, `"x"`], ["1", "null"]],
  [`[{"wildcard": "ab*ba"}]`, [`"abba"`, `"abxba"`], [`"aba"`]],
  [String.raw`[{"wildcard": "a\\*\\\\*"}]`, [String.raw`"a*\\"`, String.raw`"a*\\b"`], [`"ab"`, `"a*b"`]],

  [`[{"anything-but": "x"}]`, [`"y"`, "1", "null", `["x", "y"]`], [`"x"`, "[]", `["x"]`]],
  [`[{"anything-but": ["x", "y"]}]`, [`"z"`], [`"x"`, `"y"`]],
  [`[{"anything-but": [1, 2.5]}]`, ["3", `"1"`], ["1", "1.0", "25e-1"]],
  [`[{"anything-but": {"prefix": "a"}}]`, [`"ba"`, "1"], [`"a"`, `"ab"`]],
  [`[{"anything-but": {"prefix": ["a", "b"]}}]`, [`"c"`], [`"ax"`, `"bx"`]],
  [`[{"anything-but": {"suffix": ["a", "b"]}}]`, [`"ax"`], [`"xa"`, `"xb"`]],
  [`[{"anything-but": {"wildcard": ["*/lib/*", "x*"]}}]`, [`"a/bin/b"`], [`"a/lib/b"`, `"x"`]],
  [`[{"anything-but": {"equals-ignore-case": ["a", "b"]}}]`, [`"c"`], [`"A"`, `"B"`, `"b"`]],

  [`[{"numeric": ["=", 300]}]`, ["300", "300.0", "3e2", "3.0E+2"], ["301", `"300"`, "true"]],
  [`[{"numeric": [">", 0, "<=", 5]}]`, ["1", "5", "0.0001"], ["0", "-0.0", "5.0001"]],
  [`[{"numeric": ["<", -1.5]}]`, ["-2", "-1.6e0"], ["-1.5", "0"]],

  [`[{"cidr": "10.0.0.0/24"}]`, [`"10.0.0.0"`, `"10.0.0.255"`], [`"10.0.1.0"`, `"x"`, `"::1"`]],
  [`[{"cidr": "10.0.0.0/24/"}]`, [`"10.0.0.7"`], [`"10.0.1.0"`]],
  [`[{"cidr": "10.0.0.7/32"}]`, [`"10.0.0.7"`], [`"10.0.0.6"`, `"10.0.0.8"`]],
  [`[{"cidr": "0.0.0.0/0"}]`, [`"255.255.255.255"`], [`"::1"`, `"256.0.0.1"`]],
  [`[{"cidr": "2001:db8::/32"}]`, [`"2001:db8::1"`, `"2001:0DB8:0:0::F"`], [`"2001:db9::"`, `"10.0.0.1"`]],
  [`[{"cidr": "::1/128"}]`, [`"::1"`, `"0:0:0:0:0:0:0:1"`], [`"::2"`]],

  [`[{"exists": true}]`, [`""`, "null", "0", `["x"]`], ["{}", "[]", `{"b": 1}`]],
  [`[{"exists": false}]`, ["{}", "[]", `{"b": 1}`], [`""`, "null"]],
  [`["x", {"exists": false}]`, [`"x"`, "{}"], [`"y"`]],
];

type EventCase = readonly [pattern: string, fitting: readonly string[], others: readonly string[]];

const EVENTS: readonly EventCase[] = [
  // Fields that no pattern names do not count.
  [`{"a": {"b": [1]}}`, [`{"a": {"b": 1, "c": 2}, "d": {}}`], [`{"a": 1}`, `{"b": 1}`]],
  [`{"a.b": [1]}`, [`{"a": {"b": 1}}`, `{"a.b": 1}`], [`{"a": 1}`]],
  [`{"a": {"b": [1]}}`, [`{"a.b": 1}`], []],
  [`{"a": [{"exists": false}]}`, [`{}`, `{"b": 1}`, `{"a": {"b": 1}}`], [`{"a": 1}`]],
  [`{"a": {"b": [{"exists": false}]}}`, [`{"a": {"c": 1}}`, `{"a": 1}`], [`{"a": {"b": [1]}}`]],
  // Of a name that is written twice in a pattern the last one counts.
  [`{"a": [1], "a": [2]}`, [`{"a": 2}`], [`{"a": 1}`]],
  // One element of an array must fit whole.
  [
    `{"a": {"b": [1], "c": [2]}}`,
    [`{"a": [{"b": 1, "c": 2}]}`, `{"a": [{"b": 3}, {"b": [1], "c": [9, 2]}]}`],
    [`{"a": [{"b": 1, "c": 3}, {"b": 3, "c": 2}]}`, `{"a": [{"b": 1}, {"c": 2}]}`],
  ],
  [`{"a": {"b": [1]}, "c": [2]}`, [`{"a": [{"b": 0}, {"b": 1}], "c": [1, 2]}`], []],
  // $or
  [`{"$or": [{"a": [1]}, {"b": [2]}]}`, [`{"a": 1}`, `{"b": 2, "a": 3}`], [`{"a": 2, "b": 1}`]],
  [`{"s": ["x"], "$or": [{"a": [1]}, {"b": [2]}]}`, [`{"s": "x", "b": 2}`], [`{"b": 2}`, `{"s": "x"}`]],
  [
    `{"d": {"$or": [{"a": [1]}, {"$or": [{"b": [2]}, {"c": [3]}], "e": [4]}]}}`,
    [`{"d": {"a": 1}}`, `{"d": {"c": 3, "e": 4}}`],
    [`{"d": {"c": 3}}`, `{"d": {"e": 4}}`, `{"a": 1}`],
  ],
  [
    `{"$or": [{"a": [1]}, {"b": [2]}], "d": {"$or": [{"e": [3]}, {"f": [4]}]}}`,
    [`{"a": 1, "d": {"f": 4}}`, `{"b": 2, "d": {"e": 3}}`],
    [`{"a": 1}`, `{"d": {"e": 3}}`],
  ],
  // Where it cannot be the operator it is a field's name.
  [`{"$or": ["x", "y"]}`, [`{"$or": "y"}`], [`{"x": "y"}`]],
  [`{"$or": {"a": [1]}}`, [`{"$or": {"a": 1}}`], [`{"a": 1}`]],
  [`{"$or": [{"prefix": "x"}, {"suffix": "y"}]}`, [`{"$or": "xa"}`, `{"$or": "ay"}`], [`{"$or": "a"}`]],
];

const REFUSED: readonly string[] = [
  ``,
  `{`,
  `{} {}`,
  `[]`,
  `"x"`,
  `null`,
  `{}`,
  `{"a": {}}`,
  `{"a": []}`,
  `{"a": "x"}`,
  `{"a": 1}`,
  `{"a": null}`,
  `{"a": [["x"]]}`,
  `{"a": [{}]}`,
  `{"a": ["x",]}`,
  `{'a': ["x"]}`,
  `{"a": [01]}`,
  `{"a": [NaN]}`,
  `{"a": ["x"]} // all`,
  `\u00a0{"a": ["x"]}`,
  `{"a":\u2028["x"]}`,
  `{"a": ["x"]}\u00a0`,
  // A name that is written twice is checked twice.
  `{"a": {}, "a": ["x"]}`,
  `{"a": [{"prefix": "x", "suffix": "y"}]}`,
  `{"a": [{"before": "x"}]}`,
  `{"a": [{"Prefix": "x"}]}`,
  `{"a": [{"prefix": 1}]}`,
  `{"a": [{"prefix": ["x"]}]}`,
  `{"a": [{"prefix": {"suffix": "x"}}]}`,
  `{"a": [{"prefix": {"equals-ignore-case": 1}}]}`,
  `{"a": [{"suffix": null}]}`,
  `{"a": [{"exactly": 1}]}`,
  `{"a": [{"equals-ignore-case": ["x"]}]}`,
  `{"a": [{"wildcard": 1}]}`,
  `{"a": [{"wildcard": "a**b"}]}`,
  String.raw`{"a": [{"wildcard": "a\\b"}]}`,
  String.raw`{"a": [{"wildcard": "a\\"}]}`,
  `{"a": [{"anything-but": []}]}`,
  `{"a": [{"anything-but": ["x", 1]}]}`,
  `{"a": [{"anything-but": true}]}`,
  `{"a": [{"anything-but": null}]}`,
  `{"a": [{"anything-but": [["x"]]}]}`,
  `{"a": [{"anything-but": {}}]}`,
  `{"a": [{"anything-but": {"prefix": ""}}]}`,
  `{"a": [{"anything-but": {"suffix": [""]}}]}`,
  `{"a": [{"anything-but": {"prefix": 1}}]}`,
  `{"a": [{"anything-but": {"numeric": ["=", 1]}}]}`,
  `{"a": [{"anything-but": {"cidr": "10.0.0.0/8"}}]}`,
  `{"a": [{"anything-but": {"prefix": "x", "suffix": "y"}}]}`,
  `{"a": [{"numeric": 1}]}`,
  `{"a": [{"numeric": []}]}`,
  `{"a": [{"numeric": ["="]}]}`,
  `{"a": [{"numeric": ["=", "1"]}]}`,
  `{"a": [{"numeric": ["!=", 1]}]}`,
  `{"a": [{"numeric": ["<", 5, ">", 1]}]}`,
  `{"a": [{"numeric": [">", 5, "<", 5]}]}`,
  `{"a": [{"numeric": [">", 1, "=", 2]}]}`,
  `{"a": [{"numeric": [">", 1, "<", 2, "<", 3]}]}`,
  `{"a": [{"cidr": 10}]}`,
  `{"a": [{"cidr": "10.0.0.0"}]}`,
  `{"a": [{"cidr": "10.0.0.0/"}]}`,
  `{"a": [{"cidr": "10.0.0.0//8"}]}`,
  `{"a": [{"cidr": "10.0.0.0/33"}]}`,
  `{"a": [{"cidr": "10.0.0.0/-1"}]}`,
  `{"a": [{"cidr": "10.0.0.0/x"}]}`,
  `{"a": [{"cidr": "10.0.0/8"}]}`,
  `{"a": [{"cidr": "10.0.0.256/8"}]}`,
  `{"a": [{"cidr": "::1/129"}]}`,
  `{"a": [{"cidr": "example.com/8"}]}`,
  `{"a": [{"exists": "true"}]}`,
  `{"a": [{"exists": 1}]}`,
  `{"$or": []}`,
  `{"$or": [{"a": ["x"]}]}`,
  `{"$or": "x"}`,
  `{"$or": [{"a": ["x"]}, {}]}`,
  `{"$or": [{"a": ["x"]}, "y"]}`,
  `{"$or": [{"a": ["x"]}, {"b": "y"}]}`,
  `{"$or": [{"prefix": ["x"]}, {"b": ["y"]}]}`,
  `{"$or": [{"a": {"numeric": ["x"]}}, {"b": ["y"]}]}`,
  // Every $or of a pattern is the operator, or none is.
  `{"$or": [{"a": ["x"]}, {"b": ["y"]}], "d": {"$or": ["z", "w"]}}`,
];

describe("An event pattern", () => {
  test.each(LEAVES)("of %s tells values apart", (tests, fitting, others) => {
    const wrong = (values: readonly string[], expected: boolean) =>
      values.filter((value) => fits(`{"a": ${tests}}`, `{"a": ${value}, "b": 1}`) !== expected);
    expect(wrong(fitting, true)).toEqual([]);
    expect(wrong(others, false)).toEqual([]);
  });

  test.each(EVENTS)("%s tells events apart", (pattern, fitting, others) => {
    expect(fitting.filter((event) => !fits(pattern, event))).toEqual([]);
    expect(others.filter((event) => fits(pattern, event))).toEqual([]);
  });

  test.each(REFUSED)("%s is refused", (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(PatternError);
  });

  test("with more than 1000 combinations of $or is refused", () => {
    const or = (names: string, count: number) =>
      `{"$or": [${Array.from({ length: count }, (_, at) => `{"${names}${at}": [1]}`).join(",")}]}`;
    const pattern = (count: number) => `{"a": ${or("a", 10)}, "b": ${or("b", 10)}, "c": ${or("c", count)}}`;
    expect(compilePattern(pattern(10))).toHaveLength(1000);
    expect(() => compilePattern(pattern(11))).toThrow("Rule is too complex");
  });
});
