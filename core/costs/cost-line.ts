/** One line of an estimate, in US dollars. */
export interface CostLine {
  readonly item: string;
  readonly usd: number;
}

/** Of a CloudFormation template, what a price may depend on. */
export interface PricedTemplate {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** As AWS counts it. */
export const HOURS_A_MONTH = 730;
