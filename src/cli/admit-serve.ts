import { startWebhook } from "../app/admit-serve.ts";
import { ADMISSION_MODES } from "../app/answer-review.ts";
import { AppError } from "../kit/error.ts";
import { admissionRequestOf, numberOf } from "./admit-options.ts";
import { type Invocation, surroundingsOf } from "./command.ts";

/** `bulwark admit serve`: runs until it is told to end. */
export async function admitServe(invocation: Invocation, args: readonly string[]): Promise<number> {
  const { options, terminal, signal } = invocation;
  if (args.length > 0)
    throw new AppError("usage", `cannot use ${JSON.stringify(args[0])}: one argument too many`);
  const mode = ADMISSION_MODES.find((name) => name === options.text("mode")) ?? "audit";
  const request = {
    ...admissionRequestOf(options),
    mode,
    host: options.text("listen") ?? "0.0.0.0",
    port: numberOf(options, "port", 8443, 65_535),
    healthPort: numberOf(options, "health-port", 8080, 65_535),
    certificates: options.text("certificates"),
    names: options.texts("host-name"),
    name: options.text("name") ?? "bulwark",
    excluded: options.texts("exclude-namespace"),
    evidence: options.text("evidence"),
    policyReports: options.flag("policy-reports"),
    drainMs: numberOf(options, "drain", 5, 300) * 1000,
  };
  // Whoever is told to end answers first those who have asked.
  const ending = new AbortController();
  const around = { ...surroundingsOf(invocation), signal: ending.signal };
  const webhook = await startWebhook(request, (text) => terminal.print(text), around);
  const { port, healthPort, policy } = webhook;
  terminal.note(
    `policy ${policy.name} in mode ${mode}; webhook on port ${port}, health and metrics on port ${healthPort}`,
  );
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await webhook.stop();
  return 0;
}
