// A worker of a service: waits for its end, after what BEHAVIOUR names.
const { BEHAVIOUR, ECS_AGENT_URI } = process.env;

const protection = async (method, body) => {
  const response = await fetch(`${ECS_AGENT_URI}/task-protection/v1/state`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  console.log(`protection ${response.status} ${await response.text()}`);
};

if (BEHAVIOUR === "protect") {
  await protection("PUT", { ProtectionEnabled: true, ExpiresInMinutes: 10 });
  await protection("GET");
}
if (BEHAVIOUR === "protect-wrongly")
  await protection("PUT", { ProtectionEnabled: true, ExpiresInMinutes: 0 });

if (BEHAVIOUR === "burn") setInterval(() => burn(50), 51);

function burn(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) continue;
}

process.once("SIGTERM", () => process.exit(0));
console.log("waiting");
setInterval(() => undefined, 60_000);
