import { MeasureCounter, measures, type Measure } from "../context/metric.ts";

/**
 * What Lambda tells CloudWatch of each invocation.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export class InvocationMeasures {
  readonly #counter = new MeasureCounter();

  /** @param concurrent how many of the function's invocations ran when this one began */
  invoked(FunctionName: string, outcome: { durationMs: number; failed: boolean; concurrent: number }): void {
    const { durationMs, failed, concurrent } = outcome;
    this.#counter.add([
      ...measures(
        "AWS/Lambda",
        { FunctionName },
        { Invocations: 1, Errors: Number(failed), Throttles: 0, ConcurrentExecutions: concurrent },
      ),
      ...measures("AWS/Lambda", { FunctionName }, { Duration: durationMs }, "Milliseconds"),
    ]);
  }

  throttled(FunctionName: string): void {
    this.#counter.add(measures("AWS/Lambda", { FunctionName }, { Throttles: 1 }));
  }

  take(): readonly Measure[] {
    return this.#counter.take();
  }
}
