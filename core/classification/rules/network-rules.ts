import { pullThatSays } from "./image-rules.ts";
import { type Rule, anyOf } from "./rule.ts";

/** One side does not trust the other's certificate, or one of the two speaks no TLS at all. */
const NOT_TRUSTED = [
  /x509/,
  /certificate (has expired|signed by|is not valid|verify failed|required)/,
  /certificate's altnames/,
  /(self signed|issuer|bad|unknown) cert/,
  /pkix path/,
  /http response to https/,
  /wrong version number/,
  /not look like a tls/,
];

/**
 * Causes that name the network, whatever failed because of it: a pull, a secret, a log group, a mount.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
 */
export const networkRules: readonly Rule[] = [
  {
    text: anyOf(/\befs\b.*(failed to resolve|mount target ip address cannot be found)/),
    class: "configuration",
    retry: "no",
    happened: "The name of the EFS file system does not resolve in the task's network",
    advice:
      "Check the file system's id, that it has a mount target in the subnet's zone, and that the VPC resolves DNS names.",
  },
  {
    text: anyOf(
      /no such host/,
      /server misbehaving/,
      /name resolution/,
      /getaddrinfo/,
      /\bdns (lookup|server|query)/,
      /could not resolve host/,
      /name or service not known/,
      /unknown (host|endpoint)/,
      /inaccessible host/,
      /\benotfound\b/,
      /eai_again/,
      /lookup [a-z0-9.-]+( on [^ ]+)?:/,
    ),
    class: "network",
    retry: "yes",
    happened: "A host name could not be resolved from the task's network",
    advice: "If it goes on, check the VPC's DNS settings, the endpoints and the host's name.",
  },
  {
    text: anyOf(/proxy authentication required/, /tunnel.*\b40[37]\b/),
    class: "configuration",
    retry: "no",
    happened: "A proxy did not let the call through",
    advice: "Check the proxy's address, its credentials and what it lets through.",
  },
  {
    text: pullThatSays(...NOT_TRUSTED),
    class: "image",
    retry: "no",
    happened: "The registry showed a certificate that the task does not trust",
    advice:
      "Give the registry a certificate of a public authority, or keep the image in Amazon ECR; a proxy may also take TLS apart.",
  },
  {
    text: anyOf(...NOT_TRUSTED),
    class: "configuration",
    retry: "no",
    happened: "A server showed a certificate that the task does not trust",
    advice:
      "Look for a proxy that takes TLS apart, a registry with its own certificate, or a wrong host name.",
  },
  {
    text: anyOf(
      /i\/o timeout/,
      /\b(dial|read|write) (tcp|udp)\b/,
      /\b(connect|read|write|socket|request) timed? out/,
      /\btimeouterror\b/,
      /tls: /,
      /handshake/,
      /connection [^;]{0,60}(timed out|refused|reset|issue|closed|aborted|lost)/,
      /no route to host/,
      /(network|host) is unreachable/,
      /deadline exceeded/,
      /context (ca|deadl)/,
      /client\.timeout/,
      /awaiting headers/,
      /request (cancell?ed|aborted|send failed)/,
      /send request failed/,
      /(failed to do|unable to execute http) request/,
      /signal: killed/,
      /\beof\b/,
      /broken pipe/,
      /\be(timedout|connreset|connrefused|pipe)\b/,
      /check your (task )?network/,
      // AWS's SDK gives up at once on a refusal and asks again only where nobody answered; ECS cut the rest off.
      /service call has been retried [2-9] time\(s\)\W*$/,
      /network(ing)? (error|failure)/,
      /premature close/,
      /socket (hang up|disconnected)/,
      /max retries exceeded with url/,
      /establish a new connection/,
      /(could not|cannot|unable to|failed to) connect/,
      /(could not|cannot|unable to) reach\b(?! (a )?steady)/,
      /connection from (the )?pool/,
    ),
    class: "network",
    retry: "yes",
    happened: "The task could not reach a service over its network",
    advice:
      "If it goes on, check the subnets' routes (NAT or VPC endpoints), the public address and the security group.",
  },
  {
    text: pullThatSays(
      /unexpected status code.*\b5\d\d\b/,
      /unexpected status code\W*$/,
      /\b50[0234] (internal|service unavailable)/,
      /bad gateway|gateway time out/,
    ),
    class: "network",
    retry: "yes",
    happened: "The registry did not answer the pull as it should",
    advice: "Do nothing at first; if it goes on, look at the registry's status page.",
  },
];

/** The task's own interface to the network failed, and no cause is named. */
export const interfaceRules: readonly Rule[] = [
  {
    text: anyOf(
      /time(d )?out waiting for (the )?(network interface|eni)/,
      /netplugin/,
      /pause container/,
      /veth/,
      /configure eni/,
      /setup regular eni/,
      /network namespace/,
      /eni information/,
      /\beni\b.*(fail|attach|error)/,
      /network interface/,
      /unexpected ec2 error/,
    ),
    class: "network",
    retry: "yes",
    happened: "The task's network interface could not be set up",
    advice: "Do nothing at first; if it goes on, look at the limits on network interfaces and ask AWS.",
  },
];
