import {
  AUDIT_PROGRAMS,
  AUDITED,
  isWatched,
  type Watch,
  watchedPaths,
} from "../../../formats/host/audit-rules.ts";
import { contentOf, pointerToFile, seenFile } from "../../../formats/host/record-file.ts";
import type { Host } from "../../../model/host.ts";
import type { FileFact } from "../../../model/host-record.ts";
import type { Check, Example, RequirementOf } from "../../../stages/check/contract.ts";
import { dockerHost, file } from "../shared/host-examples.ts";
import { HostSaid } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

const RULES = "/etc/audit/rules.d/containers.rules";
const FOLDER = {
  kind: "folder",
  uid: 0,
  gid: 0,
  mode: 0o750,
  names: ["containers.rules"],
} as const;

function withRules(rules: string, files: Readonly<Record<string, FileFact>> = {}): Example {
  return dockerHost(
    {},
    {
      files: {
        "/usr/sbin/auditctl": file(""),
        "/etc/audit/rules.d": FOLDER,
        [RULES]: file(rules),
        ...files,
      },
    },
  );
}

/** `1-1-3`: an aspect of each path, which has a requirement of its own. */
const aspectOf = (control: string): string => control.replaceAll(".", "-");

export const auditRulesSet: Check = {
  id: "audit-rules-set",
  title: "the audit daemon watches the programs, folders and files of engines",
  severity: "low",
  why: "who changed the daemon's configuration, or took another program for it, is written down nowhere else",
  fix: "add a rule such as -w /etc/docker -p wa -k containers to /etc/audit/rules.d, and load it with augenrules --load",
  controls: controls({ attack: ["T1562"] }),
  aspects: Object.fromEntries(
    AUDITED.map(({ control }) => [
      aspectOf(control),
      { controls: controls({ "cis-docker-1.6": [control as RequirementOf<"cis-docker-1.6">] }) },
    ]),
  ),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [
      dockerHost({}),
      dockerHost(
        {},
        { files: { "/etc/audit/rules.d": FOLDER, [RULES]: file("# -w /etc/docker -p wa\n") } },
      ),
      withRules("-a exit,never -F dir=/etc/docker\n-w /etc/docker -p wa\n"),
      withRules("-w /etc/docker -p r\n"),
      withRules("-w /etc/docker -p wa\n-W /etc/docker -p wa\n"),
      withRules("-w /etc/docker -p wa\n", {
        "/usr/sbin/auditctl": { kind: "absent" },
      }),
    ],
    good: [
      withRules("-w /etc/docker -p wa -k docker\n"),
      withRules("-a always,exit -F dir=/etc/ -F perm=wa\n"),
      withRules("-a exit,never -F dir=/etc/docker -F auid=1000\n-w /etc/docker\n"),
    ],
  },
  versions: [
    {
      from: 0,
      run: (host) => {
        const said = new HostSaid();
        const told = rulesOf(host);
        for (const { control, paths } of AUDITED) {
          const aspect = aspectOf(control);
          const there = paths.filter((path) => seenFile(host.record, path) !== null);
          if (there.length === 0) said.without(aspect);
          for (const path of there) sayPath(path, aspect, told, said);
        }
        const isAny = said.all.some(({ kind }) => kind !== "inapplicable");
        return isAny || told.watched.length > 0 ? said.all : "not-applicable";
      },
    },
  ],
};

interface RulesTold {
  readonly watched: readonly Watch[];
  /** Why there may be rules that are not known; null when all are. */
  readonly unread: string | null;
  /** Whether there is a program that could load them. */
  readonly isLoadable: boolean;
}

function rulesOf(host: Host): RulesTold {
  const { record } = host;
  const isLoadable = AUDIT_PROGRAMS.some((path) => record.files[path]?.kind !== "absent");
  return { watched: watchedPaths(record), unread: unreadRules(host), isLoadable };
}

function sayPath(
  path: string,
  aspect: string,
  { watched, unread, isLoadable }: RulesTold,
  said: HostSaid,
): void {
  const at = pointerToFile(path);
  if (isWatched(path, watched)) {
    if (isLoadable) return;
    const message = `a rule watches ${path}, and there is no auditctl that could load it`;
    said.fault(at, message, { aspect });
  } else if (unread === null)
    said.fault(at, `no rule of the audit daemon watches ${path}`, {
      aspect,
      steps: [{ kind: "audit-watch", path }],
    });
  else said.doubt({ at, why: unread }, aspect);
}

/** Why there may be rules that are not known; null when all are. */
function unreadRules({ record }: Host): string | null {
  const rules = contentOf(record, "/etc/audit/audit.rules");
  const folder = record.files["/etc/audit/rules.d"];
  if (folder?.kind === "hidden") return `/etc/audit/rules.d cannot be looked at: ${folder.why}`;
  if (folder !== undefined && "unread" in folder && folder.unread !== undefined)
    return `/etc/audit/rules.d cannot be read: ${folder.unread}`;
  return rules.state === "unknown" ? rules.why : null;
}
