// Options of `bulwark admit`; which action takes which is said by its words.
import type { AdmissionRequest } from "../app/admission.ts";
import { ADMISSION_MODES } from "../app/answer-review.ts";
import { parsePlatform } from "../app/platform.ts";
import { AppError } from "../kit/error.ts";
import type { OptionSpec, Options } from "./command.ts";
import { formatOption, OFFLINE, OVERRIDE_OPTIONS, TRUST } from "./option-specs.ts";

export const ADMIT_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  policy: {
    type: "string",
    value: "POLICY",
    summary: "what to ask (default: bulwark.yaml, else startup)",
  },
  trust: TRUST,
  exceptions: { type: "string", value: "FILE", summary: "findings that are accepted for a time" },
  ...OVERRIDE_OPTIONS,
  platform: {
    type: "string",
    value: "OS/ARCH",
    summary: "of the machines that run it (default: any, for docker that of this machine)",
  },
  mode: {
    type: "string",
    value: ADMISSION_MODES.join("|"),
    choices: ADMISSION_MODES,
    summary: "write down, say, or deny what is objected to (review: enforce; else audit)",
  },
  listen: {
    type: "string",
    value: "ADDRESS",
    summary: "where to listen (default: serve 0.0.0.0, docker 127.0.0.1)",
  },
  port: { type: "string", value: "PORT", summary: "serve: for the API server (default: 8443)" },
  "health-port": {
    type: "string",
    value: "PORT",
    summary: "for health and metrics, without TLS (default: serve 8080, docker none)",
  },
  certificates: {
    type: "string",
    value: "DIR",
    summary: "serve: keep certificates in a folder (default: in a cluster the Secret --name)",
  },
  "host-name": {
    type: "string",
    value: "NAME",
    multiple: true,
    summary: "serve: another name by which the server is asked; may be repeated",
  },
  name: {
    type: "string",
    value: "NAME",
    summary: "serve: of its Service, Secret and webhook configurations (default: bulwark)",
  },
  "exclude-namespace": {
    type: "string",
    value: "NAMESPACE",
    multiple: true,
    summary: "serve: everything may run there, as in the system's and its own; may be repeated",
  },
  drain: {
    type: "string",
    value: "SECONDS",
    summary: "serve: how long requests are still taken after SIGTERM (default: 5)",
  },
  memory: {
    type: "string",
    value: "DIR",
    summary: "keep what was allowed there, for rules that fall back on it (last-known-good)",
  },
  evidence: {
    type: "string",
    value: "DIR",
    summary: "record decisions in this log; docker then denies what cannot be recorded",
  },
  "evidence-claim": {
    type: "string",
    value: "NAME",
    summary: "install: a PersistentVolumeClaim that keeps the log when pods go",
  },
  "policy-reports": {
    type: "boolean",
    summary: "serve, install: write objections into the cluster as PolicyReports, too",
  },
  image: {
    type: "string",
    value: "IMAGE",
    summary: "install: the image of bulwark that is to run",
  },
  namespace: {
    type: "string",
    value: "NAMESPACE",
    summary: "install, uninstall: where it runs (default: bulwark)",
  },
  replicas: { type: "string", value: "N", summary: "install: how many of it run (default: 2)" },
  config: {
    type: "string",
    value: "FILE",
    multiple: true,
    summary: "install: a file that goes along beside the policy (trust, keys); may be repeated",
  },
  fail: {
    type: "string",
    value: "open|closed",
    choices: ["open", "closed"],
    summary: "install: when nobody answers (default: closed in mode enforce, else open)",
  },
  "namespace-selector": {
    type: "string",
    value: "LABELS",
    summary: "install: only in namespaces with these labels: env=prod,tier!=dev",
  },
  "object-selector": {
    type: "string",
    value: "LABELS",
    summary: "install: only for objects with these labels",
  },
  mutate: { type: "boolean", summary: "install: turn the tags of new pods into digests" },
  "registry-secret": {
    type: "string",
    value: "NAME",
    summary: "install: a Secret with credentials for registries (kubernetes.io/dockerconfigjson)",
  },
  apply: {
    type: "boolean",
    summary: "install, uninstall: tell what will be done in the cluster, and do it",
  },
  "dry-run": {
    type: "boolean",
    summary: "install, uninstall: tell what would be done in the cluster, and do nothing",
  },
  kubeconfig: {
    type: "string",
    value: "FILE",
    summary: "install, uninstall: where the cluster is (default: KUBECONFIG, ~/.kube/config)",
  },
  context: {
    type: "string",
    value: "NAME",
    summary: "install, uninstall: which cluster of that file (default: the current one)",
  },
  "force-conflicts": {
    type: "boolean",
    summary: "install: take fields over that somebody else has set to something different",
  },
  offline: OFFLINE,
  socket: {
    type: "string",
    value: "PATH",
    summary: "docker: where to listen (default: /run/docker/plugins/bulwark.sock)",
  },
  format: formatOption(["table", "json"], "review: how to answer (default: table)"),
};

/** What every action asks of a policy. */
export function admissionRequestOf(options: Options): AdmissionRequest {
  const platform = options.text("platform");
  const memory = options.text("memory");
  return {
    ...(memory === null ? {} : { memory }),
    policy: options.text("policy"),
    trust: options.text("trust"),
    exceptions: options.text("exceptions"),
    overrides: { files: options.texts("override"), keys: options.texts("override-key") },
    offline: options.flag("offline"),
    platform: platform === null ? null : parsePlatform(platform),
  };
}

/** A whole number. @throws {AppError} `usage`. */
export function numberOf(options: Options, name: string, usual: number, max: number): number {
  const written = options.text(name);
  if (written === null) return usual;
  const value = /^\d{1,5}$/.test(written) ? Number(written) : Number.NaN;
  if (value <= max) return value;
  throw new AppError("usage", `cannot use --${name} ${JSON.stringify(written)}: not a number`, {
    hint: `as in --${name} ${usual}`,
  });
}
