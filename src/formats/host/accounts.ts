// Users, groups and ranges of subordinate numbers. Sources: passwd(5), group(5), subuid(5). What a directory service knows beside
// these files is not seen.

import type { Accounts, IdRange } from "../../model/host.ts";
import type { HostRecord } from "../../model/host-record.ts";
import { contentOf, pointerToLine } from "./record-file.ts";

export function accountsOf(record: HostRecord): Accounts {
  const passwd = contentOf(record, "/etc/passwd");
  const group = contentOf(record, "/etc/group");
  const users = new Map<number, string>();
  const groups = new Map<number, string>();
  const members = new Map<string, string[]>();
  const rows = fieldsOf(group.state === "known" ? group.value : "");
  for (const [name = "", , number = "", list = ""] of rows) {
    groups.set(Number(number), name);
    members.set(name, list === "" ? [] : list.split(","));
  }
  for (const [name = "", , uid = "", gid = ""] of fieldsOf(
    passwd.state === "known" ? passwd.value : "",
  )) {
    if (!users.has(Number(uid))) users.set(Number(uid), name);
    const own = members.get(groups.get(Number(gid)) ?? "");
    if (own !== undefined && !own.includes(name)) own.push(name);
  }
  const rest = [group, passwd].find((fact) => fact.state === "unknown");
  return { groups, members, users, rest: rest?.state === "unknown" ? rest : null };
}

/** The folder of a user; `""` where the files do not tell. */
export function homeOf(record: HostRecord, uid: number): string {
  const passwd = contentOf(record, "/etc/passwd");
  const rows = fieldsOf(passwd.state === "known" ? passwd.value : "");
  return rows.find(([, , number]) => number === String(uid))?.[5] ?? "";
}

/** Lines of /etc/subuid. */
export function rangesOf(record: HostRecord): IdRange[] {
  const content = contentOf(record, "/etc/subuid");
  if (content.state !== "known") return [];
  return content.value.split("\n").flatMap((text, index) => {
    const [, owner = "", from, count] = /^([^:#\s]+):(\d+):(\d+)\s*$/.exec(text) ?? [];
    if (from === undefined || count === undefined) return [];
    const line = index + 1;
    const at = pointerToLine("/etc/subuid", line);
    return [{ owner, from: Number(from), count: Number(count), at, line }];
  });
}

function fieldsOf(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.trim().split(":"));
}
