import { installManifests, uninstallCommands } from "../app/admit-install.ts";
import { ADMISSION_MODES } from "../app/answer-review.ts";
import { AppError } from "../kit/error.ts";
import { numberOf } from "./admit-options.ts";
import type { Invocation, Options } from "./command.ts";

/** `bulwark admit install`: prints the manifests. */
export async function admitInstall(
  { options, terminal }: Invocation,
  args: readonly string[],
): Promise<number> {
  none(args);
  const image = options.text("image");
  if (image === null)
    throw new AppError("usage", "cannot install: say which image of bulwark is to run", {
      hint: "as in --image registry.example.org/tools/bulwark@sha256:…",
    });
  const fail = options.text("fail");
  const mode = ADMISSION_MODES.find((name) => name === options.text("mode")) ?? "audit";
  const text = await installManifests({
    ...placeOf(options),
    image,
    mode,
    replicas: numberOf(options, "replicas", 2, 20),
    policy: options.text("policy"),
    files: options.texts("config"),
    fail: fail === "open" || fail === "closed" ? fail : null,
    namespaceSelector: options.text("namespace-selector"),
    objectSelector: options.text("object-selector"),
    excluded: options.texts("exclude-namespace"),
    mutates: options.flag("mutate"),
    policyReports: options.flag("policy-reports"),
    registrySecret: options.text("registry-secret"),
    args: forwarded(options),
  });
  await terminal.print(text);
  terminal.hint("look at it, then: bulwark admit install … | kubectl apply -f -");
  return 0;
}

/** `bulwark admit uninstall`: prints the commands. */
export async function admitUninstall(
  { options, terminal }: Invocation,
  args: readonly string[],
): Promise<number> {
  none(args);
  await terminal.print(uninstallCommands(placeOf(options)));
  terminal.hint("look at it, then: bulwark admit uninstall … | sh");
  return 0;
}

function placeOf(options: Options): { readonly name: string; readonly namespace: string } {
  return {
    name: options.text("name") ?? "bulwark",
    namespace: options.text("namespace") ?? "bulwark",
  };
}

/** What the webhook itself is told; files lie where those that go along are put. */
function forwarded(options: Options): string[] {
  const file = (name: string): string[] => {
    const path = options.text(name);
    return path === null ? [] : [`--${name}`, `/etc/bulwark/${path.split("/").at(-1)}`];
  };
  return [
    ...file("trust"),
    ...file("exceptions"),
    ...(options.flag("offline") ? ["--offline"] : []),
  ];
}

function none(args: readonly string[]): void {
  if (args.length > 0)
    throw new AppError("usage", `cannot use ${JSON.stringify(args[0])}: one argument too many`);
}
