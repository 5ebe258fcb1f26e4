// Files that hold logins: .netrc, .pgpass, the hashes of /etc/shadow and of web servers.
import { baseName } from "../../../kit/path.ts";
import { utf8 } from "../../../kit/text.ts";
import type { FoundForm } from "../../../stages/secrets/contract.ts";
import { bytesOfBase64 } from "../shared/decode.ts";
import { isExampleHost, isNoPassword } from "../shared/passwords.ts";

const HOST = /^[\w.:[\]-]+(?:\/\S*)?$/;

/** @see ftp(1), "THE .netrc FILE" */
export const netrcForm: FoundForm = {
  by: "keyword",
  keywords: ["machine "],
  find: (view, { at }) => {
    const entry = /^machine\s+(\S{1,200})\s+login\s+\S{1,200}\s+password\s+(\S{4,300})/.exec(
      view.text(at, at + 800),
    );
    const [, host = "", password] = entry ?? [];
    if (entry === null || password === undefined || isNoPassword(password)) return null;
    // Manual pages write the dots of their examples in their own way.
    if (!HOST.test(host) || isExampleHost(host)) return null;
    const to = at + entry[0].length;
    return {
      from: to - password.length,
      to,
      shown: `machine ${host} … password …`,
      proof: "context",
      isPassword: true,
    };
  },
};

/** `host:port:database:user:password` @see PostgreSQL, "The Password File" */
export const pgpassForm: FoundForm = {
  by: "keyword",
  keywords: [":5432:", ":6432:", ":*:"],
  find: (view, { at }) => {
    if (!/^\.?pgpass(\.conf)?$/.test(baseName(view.path))) return null;
    const before = view.text(Math.max(0, at - 200), at);
    const host = before.slice(before.lastIndexOf("\n") + 1);
    const rest = /^:[\d*]+:[^:\n]+:[^:\n]+:([^\n\r]{4,300})/.exec(view.text(at, at + 800));
    const password = rest?.[1];
    if (rest === null || password === undefined || host.startsWith("#") || isNoPassword(password))
      return null;
    const to = at + rest[0].length;
    return {
      from: to - password.length,
      to,
      shown: `${host}:…`,
      proof: "structure",
      isPassword: true,
    };
  },
};

/** FileZilla's list of servers, `sitemanager.xml` and `recentservers.xml`: in base64, which hides nothing. */
export const filezillaForm: FoundForm = {
  by: "keyword",
  keywords: ['<Pass encoding="base64">'],
  find: (view, { at, end }) => {
    const [run = ""] = /^[A-Za-z0-9+/]{4,400}={0,2}(?=<)/.exec(view.text(end, end + 410)) ?? [];
    const password = utf8(bytesOfBase64(run) ?? new Uint8Array(0));
    if (!/^[\x20-\x7e\u00a0-\uffef]{4,}$/.test(password) || isNoPassword(password)) return null;
    const before = view.text(Math.max(0, at - 600), at);
    const entry = before.slice(before.lastIndexOf("<Server>") + 1);
    const host = /<Host>([^<\s]{1,200})<\/Host>/.exec(entry)?.[1] ?? "";
    if (isExampleHost(host)) return null;
    return {
      from: end,
      to: end + run.length,
      secret: password,
      shown: "<Pass>…",
      proof: "structure",
      isPassword: true,
      ...(host === "" ? {} : { note: `at ${host}` }),
    };
  },
};

/** A line of a password file: a name, and a hash of one of the forms. @see crypt(5) */
export function hashForm(marks: readonly string[], hash: RegExp): FoundForm {
  return {
    by: "keyword",
    keywords: marks.map((mark) => `:${mark}`),
    find: (view, { at }) => {
      const before = view.text(Math.max(0, at - 66), at);
      const user = /(?:^|[\n"' ])([A-Za-z_][\w.@-]{0,63})$/.exec(before)?.[1];
      const value = hash.exec(view.text(at + 1, at + 200))?.[0];
      if (user === undefined || value === undefined) return null;
      const found = { from: at + 1, to: at + 1 + value.length, proof: "structure" } as const;
      return {
        ...found,
        shown: `${value.slice(0, value.indexOf("$", 1) + 1) || "{SHA}"}…`,
        note: `of ${user}`,
      };
    },
  };
}
