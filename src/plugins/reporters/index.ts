import type { GateReporter, Reporter } from "../../stages/report/contract.ts";

/** Every output format, by the word users write after `--format`. Loaded one at a time: a scan prints one of them. */
export const reporters: Readonly<Record<string, () => Promise<Reporter>>> = {
  cyclonedx: async () => (await import("./cyclonedx/reporter.ts")).cyclonedx,
  html: async () => (await import("./html/reporter.ts")).htmlReporter,
  json: async () => (await import("./json/reporter.ts")).json,
  markdown: async () => (await import("./markdown/reporter.ts")).markdown,
  openvex: async () => (await import("./openvex/reporter.ts")).openvex,
  sarif: async () => (await import("./sarif/reporter.ts")).sarif,
  spdx: async () => (await import("./spdx/reporter.ts")).spdx,
  table: async () => (await import("./table/reporter.ts")).table,
};

/** The formats in which a policy's answer is written. */
export const gateReporters: Readonly<Record<string, () => Promise<GateReporter>>> = {
  github: async () => (await import("./github/gate.ts")).githubGate,
  gitlab: async () => (await import("./gitlab/gate.ts")).gitlabGate,
  json: async () => (await import("./json/gate.ts")).jsonGate,
  junit: async () => (await import("./junit/gate.ts")).junitGate,
  markdown: async () => (await import("./markdown/gate.ts")).markdownGate,
  sarif: async () => (await import("./sarif/gate.ts")).sarifGate,
  table: async () => (await import("./table/gate.ts")).tableGate,
};
