import type { Reporter } from "../../stages/report/contract.ts";

/** Every output format, by the word users write after `--format`. Loaded one at a time: a scan prints one of them. */
export const reporters: Readonly<Record<string, () => Promise<Reporter>>> = {
  json: async () => (await import("./json/reporter.ts")).json,
  table: async () => (await import("./table/reporter.ts")).table,
};
