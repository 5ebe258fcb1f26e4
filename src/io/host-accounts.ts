import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { hostRoot } from "./host-root.ts";

/** Of the host: a container has a name of its own. */
export function hostName(): string {
  const root = hostRoot();
  return (root === "" ? "" : textOf(`${root}/etc/hostname`).trim()) || hostname();
}

/** Names of this host's users and groups (passwd(5), group(5)), as they were when this was asked. */
export function hostAccounts(): {
  readonly userName: (uid: number) => string | null;
  readonly groupName: (gid: number) => string | null;
} {
  const root = hostRoot();
  const users = namesIn(`${root}/etc/passwd`);
  const groups = namesIn(`${root}/etc/group`);
  return {
    userName: (uid) => users.get(uid) ?? null,
    groupName: (gid) => groups.get(gid) ?? null,
  };
}

/** Both files have the name first and the number third; the first line of a number counts. */
function namesIn(path: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of textOf(path).split("\n")) {
    const [name, , number] = line.split(":");
    if (name === undefined || number === undefined || number === "") continue;
    if (!names.has(Number(number))) names.set(Number(number), name);
  }
  return names;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
