import { type Rule, anyOf } from "./rule.ts";

const configuration = { class: "configuration", retry: "no" } as const;

/** Causes that only a change of the stack, the image's command or a permission removes. */
export const configurationRules: readonly Rule[] = [
  {
    text: anyOf(
      /unable to assume the (role|service)/,
      /assume role/,
      /not be assumed/,
      /role.*(is not valid|trust relationship)/,
      /iam:passrole/,
    ),
    ...configuration,
    happened: "ECS may not use the role of the task or of its execution",
    advice:
      "Check that the role exists, trusts ecs-tasks.amazonaws.com and may be passed by the caller (iam:PassRole).",
  },
  {
    text: anyOf(/\bkms\b/, /customer master key/, /ciphertext/),
    ...configuration,
    happened: "An encryption key could not be used",
    advice: "Allow the execution role kms:Decrypt on the key of the secret, and see that the key is enabled.",
  },
  {
    text: anyOf(
      /log group/,
      /log stream/,
      /log(ging)? driver/,
      /log opt/,
      /logger args/,
      /awslogs/,
      /firelens (config|resource)/,
    ),
    ...configuration,
    happened: "The task cannot write its log",
    advice: "Check that the log group exists in this region and that the execution role may write to it.",
  },
  {
    text: anyOf(
      /\befs\b/,
      /nfs4/,
      /\bfs-[0-9a-f]{4,}/,
      /access point/,
      /cannot create volume/,
      /volume driver/,
    ),
    ...configuration,
    happened: "A volume of the task could not be mounted",
    advice:
      "Check the file system, its path and access point, its mount targets, its policy and the security group (port 2049).",
  },
  {
    text: anyOf(/\bebs volume/),
    ...configuration,
    happened: "The task's EBS volume could not be made or attached",
    advice:
      "Check the volume's settings, snapshot, key and file system, and the role that ECS makes it with.",
  },
  {
    text: anyOf(/environment (variable )?file/, /env files?\b/),
    ...configuration,
    happened: "The task's environment file could not be read",
    advice: "Check that the object exists and that the execution role may read it.",
  },
  {
    text: anyOf(
      /\bsecrets?\b/,
      /\bssm\b/,
      /parameter store/,
      /invalid parameters?: /,
      /looking for beginning of value/,
    ),
    ...configuration,
    happened: "A secret or parameter of the task could not be read",
    advice:
      "Check the secret's name and JSON key, that it is in this region and that the execution role may read it.",
  },
  {
    text: anyOf(
      /exec format error/,
      /host platform/,
      /executable file not found/,
      /exec user process/,
      /exec: /,
      /no command specified/,
      /no such file or dir/,
      /permission denied/,
      /operation not permitted/,
      /read-only file system/,
      /unknown (user|runtime)/,
      /unable to find (user|group)/,
      /oci runtime/,
      /\brunc\b/,
      /not a directory/,
      /invalid mount/,
      /device (information|driver)/,
      /nvidia container/,
      /\bhcs(shim)?::/,
    ),
    ...configuration,
    happened: "The container's program could not be started",
    advice:
      "Check the image's command, its architecture, the user and the mounts; the message names what is missing.",
  },
  {
    text: anyOf(
      /access denied/,
      /not authorized/,
      /(not|n't) have (permission|authorization)/,
      /policy violation/,
      /unauthori[sz]ed/,
      /forbidden/,
    ),
    ...configuration,
    happened: "A permission is missing",
    advice: "Allow the role that the message names the action that it names.",
  },
  {
    text: anyOf(
      /unrecognized client/,
      /(security|authentication) token/,
      /expired token/,
      /token .*\bexpired/,
      /invalid client token/,
      /signature/,
      /(load|locate|find|retrieve) credentials/,
      /(no|missing) credential/,
    ),
    ...configuration,
    happened: "AWS did not accept the caller's credentials, or there are none",
    advice: "Check which role or keys the caller signs with, and that its clock is right.",
  },
  {
    text: anyOf(
      /(^|[:;-] )['"]?(attribute|missing|inactive|location)\b/,
      /placement constraint/,
      /not compatible/,
      /incompatib/,
      /requested capabilities/,
      /not associated/,
    ),
    ...configuration,
    happened: "The task does not fit the cluster",
    advice:
      "Compare the task definition, the platform version and the capacity provider with what the cluster has.",
  },
];

/** Errors that say by their name alone that somebody has to change something. */
export const configurationNameRules: readonly Rule[] = [
  {
    text: anyOf(
      /invalid parameter/,
      /(?<!sdk )client (exception|error)/,
      /unsupported feature/,
      /platform (unknown|task definition)/,
      /blocked exception/,
      /validation(exception| error)/,
      /misconfigur/,
      /(not |in)active/,
      /deployment configuration/,
      /malformed|\bserialization/,
      /too large/,
      /opt in required/,
      /region disabled/,
      /unknown operation/,
      /status code:? 4\d\d/,
      /does not exist/,
      /(not|not be|n't be) found/,
      /(can't|cannot|could not|unable to) find/,
      /per interface limit exceeded/,
    ),
    ...configuration,
    happened: "A setting of the task or of the request is not right",
    advice: "Correct what the message names, deploy again and retry the jobs.",
  },
];

/** The agent names a step and no cause. */
export const configurationStepRules: readonly Rule[] = [
  {
    text: anyOf(/resource initialization error/, /cannot (start|create) container/),
    ...configuration,
    happened: "The task could not be made ready",
    advice: "Look up the message in AWS's guide to stopped tasks, correct what it names and retry the jobs.",
  },
];
