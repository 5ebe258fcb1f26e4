import { hostname, userInfo } from "node:os";
import type { Environment } from "./folders.ts";

/** Who runs this process, and on which machine. */
export interface Account {
  /** Of the system; `root for anna` under sudo; a number where the system has no name for it. */
  readonly name: string;
  readonly host: string;
}

/** Asks the system, because the environment says what one likes. Who is behind sudo is known from there alone. */
export function thisAccount(env: Environment): Account {
  const name = accountName();
  const behind = env["SUDO_USER"] ?? "";
  return {
    name: behind !== "" && behind !== name ? `${name} for ${behind}` : name,
    host: hostname(),
  };
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers often run as a number that no file knows.
    return String(process.getuid?.() ?? "unknown");
  }
}
