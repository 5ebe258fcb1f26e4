import {
  type ApplyRequest,
  type ClusterPlan,
  planInstall,
  planUninstall,
} from "../app/admit-apply.ts";
import { type InstallRequest, installManifests, uninstallCommands } from "../app/admit-install.ts";
import { ADMISSION_MODES } from "../app/answer-review.ts";
import { AppError } from "../kit/error.ts";
import { count } from "../kit/phrase.ts";
import { numberOf } from "./admit-options.ts";
import { planText } from "./admit-plan-text.ts";
import { type Invocation, type Options, surroundingsOf } from "./command.ts";

/** `bulwark admit install`: prints the manifests, or brings them into a cluster. */
export async function admitInstall(
  invocation: Invocation,
  args: readonly string[],
): Promise<number> {
  const { options, terminal } = invocation;
  none(args);
  const request = installRequest(options);
  if (wantsCluster(options)) {
    const asked = { choice: choiceOf(options), isForced: options.flag("force-conflicts") };
    const plan = await planInstall(request, asked, surroundingsOf(invocation));
    return carriedOut(plan, "installed", invocation);
  }
  await terminal.print(await installManifests(request));
  terminal.hint("look at it, then: bulwark admit install … --apply");
  return 0;
}

function installRequest(options: Options): InstallRequest {
  const image = options.text("image");
  if (image === null)
    throw new AppError("usage", "cannot install: say which image of bulwark is to run", {
      hint: "as in --image registry.example.org/tools/bulwark@sha256:…",
    });
  const fail = options.text("fail");
  const mode = ADMISSION_MODES.find((name) => name === options.text("mode")) ?? "audit";
  return {
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
    evidenceClaim: options.text("evidence-claim"),
    args: forwarded(options),
  };
}

/** `bulwark admit uninstall`: prints the commands, or does what they do. */
export async function admitUninstall(
  invocation: Invocation,
  args: readonly string[],
): Promise<number> {
  const { options, terminal } = invocation;
  none(args);
  if (wantsCluster(options)) {
    const around = surroundingsOf(invocation);
    const plan = await planUninstall(placeOf(options), choiceOf(options), around);
    return carriedOut(plan, "removed", invocation);
  }
  await terminal.print(uninstallCommands(placeOf(options)));
  terminal.hint("look at it, then: bulwark admit uninstall … --apply");
  return 0;
}

function wantsCluster(options: Options): boolean {
  return options.flag("apply") || options.flag("dry-run");
}

function choiceOf(options: Options): ApplyRequest["choice"] {
  return { kubeconfig: options.text("kubeconfig"), context: options.text("context") };
}

/** Tells first what will be done; unless that is all that was asked, does it. */
async function carriedOut(
  plan: ClusterPlan,
  done: "installed" | "removed",
  { options, terminal }: Invocation,
): Promise<number> {
  await terminal.print(planText(plan, terminal.colour));
  const changes = plan.steps.filter(({ verb }) => verb !== "keep" && verb !== "leave").length;
  if (options.flag("dry-run")) {
    if (changes > 0) terminal.hint("nothing was changed; with --apply instead of --dry-run it is");
    return 0;
  }
  await plan.carryOut();
  terminal.note(changes === 0 ? "there was nothing to do" : `${done}: ${count(changes, "object")}`);
  if (done === "installed")
    terminal.hint(
      "within a minute its certificate is known to the cluster: kubectl get pods --namespace …",
    );
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
