import { createHash } from "node:crypto";
import { ref, type Resources } from "./template.ts";

/** The addresses of the parameter adminEmail, which separates several by commas. */
export function administratorAddresses(adminEmail: string): string[] {
  const addresses = adminEmail.split(",").map((address) => address.trim());
  return [...new Set(addresses.filter((address) => address !== ""))];
}

/** One mail subscription an address, named after the address: the others keep theirs when one comes or goes. */
export function administrators(adminEmail: string): Resources {
  return Object.fromEntries(
    administratorAddresses(adminEmail).map((address) => [
      `Administrator${createHash("sha256").update(address).digest("hex").slice(0, 10)}`,
      {
        Type: "AWS::SNS::Subscription",
        Properties: { TopicArn: ref("AdminTopic"), Protocol: "email", Endpoint: address },
      },
    ]),
  );
}
