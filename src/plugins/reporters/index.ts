import type { Reporter } from "../../stages/report/contract.ts";

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
