import { AwsError } from "../gateway/aws-error.ts";
import type { Faults } from "./faults.ts";
import type { Settings } from "./settings.ts";

interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * Token buckets of an account in a Region.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html and, for RunTask and the launches on
 * Fargate, https://docs.aws.amazon.com/AmazonECS/latest/userguide/throttling.html
 */
const rates = {
  runTask: { burst: 20, perSecond: 20 },
  launchOnDemand: { burst: 100, perSecond: 20 },
  launchSpot: { burst: 100, perSecond: 20 },
  clusterResourceModify: { burst: 100, perSecond: 40 },
  clusterResourceRead: { burst: 100, perSecond: 20 },
  clusterModify: { burst: 20, perSecond: 1 },
  clusterRead: { burst: 50, perSecond: 20 },
  serviceModify: { burst: 50, perSecond: 5 },
  serviceRead: { burst: 100, perSecond: 20 },
  taskProtection: { burst: 200, perSecond: 80 },
  taskDefinitionModify: { burst: 20, perSecond: 1 },
  taskDefinitionRead: { burst: 50, perSecond: 20 },
  tags: { burst: 20, perSecond: 10 },
} satisfies Record<string, Rate>;

export type Bucket = keyof typeof rates;

/** Refuses what comes faster than AWS takes it. */
export class Throttle {
  readonly #now: () => number;
  readonly #settings: Settings;
  readonly #faults: Faults;
  readonly #levels = new Map<Bucket, { tokens: number; at: number }>();

  constructor(now: () => number, settings: Settings, faults: Faults) {
    this.#now = now;
    this.#settings = settings;
    this.#faults = faults;
  }

  /** Takes a call's token from each of its buckets. @throws AwsError ThrottlingException */
  admit(operation: string, buckets: readonly Bucket[]): void {
    const fault = this.#faults.strike(
      "throttle",
      ({ operations }) => operations?.includes(operation) ?? true,
    );
    if (fault !== undefined) throw throttled();
    for (const bucket of buckets) this.take(bucket, 1);
  }

  /** @throws AwsError ThrottlingException, and takes nothing */
  take(bucket: Bucket, tokens: number): void {
    if (!this.#settings.throttling) return;
    const { burst, perSecond } = rates[bucket];
    const now = this.#now();
    const level = this.#levels.get(bucket) ?? { tokens: burst, at: now };
    const available = Math.min(burst, level.tokens + (Math.max(0, now - level.at) / 1000) * perSecond);
    if (available < tokens) throw throttled();
    this.#levels.set(bucket, { tokens: available - tokens, at: now });
  }
}

/** 400, not 429: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html#API_RunTask_Errors */
const throttled = (): AwsError => new AwsError("ThrottlingException", "Rate exceeded");
