import type { FailureClass, RetryAdvice } from "./failure.ts";

export interface TextRule {
  readonly pattern: RegExp;
  readonly class: FailureClass;
  readonly retry: RetryAdvice;
  /** A plain sentence without its full stop. */
  readonly happened: string;
  readonly advice: string;
}

/**
 * From the words of stoppedReason, a container's reason, a failures[] entry or an exception to a class. The first match wins, so a
 * named cause (the network, a permission) stands before the prefix of the error that wraps it (a pull, an initialisation).
 */
export const textRules: readonly TextRule[] = [
  {
    pattern: /rate exceeded|throttl|request limit exceeded|toomanyrequests|too many requests/i,
    class: "throttled",
    retry: "later",
    happened: "AWS or the registry asked to slow down",
    advice: "Nothing; it is tried again later. Ask for a higher quota if it happens every day.",
  },
  {
    pattern: /insufficientfreeaddresses|not have enough free addresses|no free addresses/i,
    class: "capacity",
    retry: "later",
    happened: "The subnet has no free address",
    advice: "Use larger or more subnets, or lower capacity.maxTasks.",
  },
  {
    pattern:
      /capacity is unavailable|reached the limit on the number of vcpus|^resource:|: ?resource:|insufficient capacity|empty capacity provider|no active instances|no container instances were found|spotinterruption.*no capacity/i,
    class: "capacity",
    retry: "later",
    happened: "Fargate has no room for the task now",
    advice: "Nothing at first; if it goes on, ask AWS for a higher vCPU quota or lower capacity.maxTasks.",
  },
  {
    pattern:
      /maintenance on the underlying|host ec2|underlying (host|infrastructure)|internalerror|serverexception|service unavailable|timeout waiting for network interface|containerruntime(timeout)?error|dockertimeouterror/i,
    class: "platform",
    retry: "yes",
    happened: "AWS's own machinery failed under the task",
    advice: "Nothing; the jobs run again.",
  },
  {
    pattern: /your spot task was interrupted/i,
    class: "spot-interruption",
    retry: "yes",
    happened: "AWS took the Spot capacity back",
    advice: "Nothing; the jobs run again.",
  },
  {
    pattern:
      /cannotpullcontainer.*(not ?found|denied|unauthorized|no space|manifest unknown|does not match)|repository .* (not found|does not exist)|pull access denied/is,
    class: "image",
    retry: "no",
    happened: "The image could not be pulled",
    advice: "Check the image's name and tag and that the execution role may pull it.",
  },
  {
    pattern:
      /i\/o timeout|dial (tcp|udp)|tls handshake|connection (timed out|refused|reset)|deadline exceeded|client\.timeout|signal: killed|no such host|context canceled|etimedout|econnreset|enotfound/i,
    class: "network",
    retry: "later",
    happened: "The task could not reach what it needs over the network",
    advice: "Check routes, security group and endpoints of the subnets if it goes on.",
  },
  {
    pattern:
      /accessdenied|not authorized|forbidden|resourceinitializationerror|invalidparameter|clientexception|clusternotfound|unsupportedfeature|platform(unknown|taskdefinition)|blockedexception|attribute|memberof|not compatible|no such file or directory|executable file not found|cannot(start|create|inspect)container/i,
    class: "configuration",
    retry: "no",
    happened: "The task cannot run as it is configured",
    advice: "Correct what the message names and deploy again, then retry the jobs.",
  },
  {
    pattern: /cannotpullcontainer/i,
    class: "image",
    retry: "no",
    happened: "The image could not be pulled",
    advice: "Check the image's name and tag and that the execution role may pull it.",
  },
];
