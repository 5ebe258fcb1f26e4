// The least Roles that subjects need, for people: what the log can tell, what each asked for, and what is to be known before.
import type { LeastRolesResult, LeastSubject } from "../app/minimize-roles.ts";
import type { SeenGrant } from "../app/replay-roles.ts";
import { type Palette, palette } from "../kit/colour.ts";
import { visible } from "../kit/display.ts";
import { count, firstOf, grouped, list } from "../kit/phrase.ts";
import type { ApiRequest } from "../model/audit-event.ts";
import type { WantedUse } from "../stages/grant/api-uses.ts";
import type { LogCoverage } from "../stages/grant/audit-coverage.ts";
import type { OddCredential } from "../stages/grant/credentials.ts";
import type { PolicyRule } from "../stages/grant/least-rules.ts";
import { row } from "./least-text.ts";

interface Screen {
  readonly width: number;
  readonly colour: boolean;
}

/** `bulwark.dev/least-roles/v1` */
export function leastRolesJson(result: LeastRolesResult): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}

/** Names that a rule shows, and things that were wanted in vain; JSON has all. */
const SHOWN_MAX = 8;
const HOUR_MS = 3_600_000;

export function leastRolesText(result: LeastRolesResult, { width, colour }: Screen): string {
  const colours = palette(colour);
  const { sources, coverage, subjects, systemSubjects, problems, written } = result;
  const names = sources.slice(0, 3).map(({ path }) => path);
  const more = sources.length > names.length ? " …" : "";
  const blocks = [
    [
      colours.bold(visible(`${names.join(", ")}${more} : ${count(subjects.length, "subject")}`)),
      ...coverageLines(result, width, colours),
    ],
    ...subjects.map((one) => subjectLines(one, { coverage, width, colours })),
    credentialLines(result, width, colours),
    systemSubjects.length === 0
      ? []
      : [
          colours.bold("LEFT ALONE"),
          ...row(
            "",
            `${count(systemSubjects.length, "subject")} of Kubernetes itself: ${shown(systemSubjects)}; --system tells of them`,
            width,
          ),
        ],
    problems.length === 0
      ? []
      : [
          colours.bold("NOT TOLD"),
          ...problems.flatMap(({ code, path, detail }) =>
            row(code, path === undefined ? detail : `${path}: ${detail}`, width),
          ),
        ],
    written.length === 0
      ? coverage.allowed === 0
        ? []
        : ["next: --output DIR writes roles and bindings, --format yaml prints them"]
      : written.map((path) => `written: ${visible(path)}`),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

const CREDENTIALS: Readonly<Record<OddCredential["credential"], string>> = {
  certificate: "a client certificate, which cannot be taken back before it ends",
  "loose-token": "a token of a service account that is bound to no pod",
  "bootstrap-token": "a bootstrap token, and did more than join",
};

/** What somebody may do is one thing, and how long a stolen credential is good for another. */
function credentialLines(
  { credentials: { odd, areTold } }: LeastRolesResult,
  width: number,
  { bold }: Palette,
): string[] {
  const untold = areTold
    ? []
    : row(
        "not told",
        "no event tells by which credential its user came: Kubernetes writes it since 1.32, and some providers leave it out",
        width,
      );
  const lines = odd
    .slice(0, CREDENTIALS_MAX)
    .flatMap(({ user, credential, control, events }) =>
      row(
        control,
        `${user} came with ${CREDENTIALS[credential]}: ${count(events, "event")}`,
        width,
      ),
    );
  const rest = odd.length - CREDENTIALS_MAX;
  const more = rest > 0 ? row("", `and ${grouped(rest)} more; --format json has all`, width) : [];
  return [bold("CREDENTIALS (CIS Kubernetes 1.12)"), ...lines, ...more, ...untold].slice(
    odd.length === 0 && areTold ? 1 : 0,
  );
}

const CREDENTIALS_MAX = 20;

/** `14 days (coverage 92 %)`: behind "not seen in". */
function seenPhrase({ from, to, percent }: LogCoverage): string {
  const hours = from === null || to === null ? 0 : Math.floor((to - from) / HOUR_MS);
  const few = hours === 0 ? "less than 1 hour" : count(hours, "hour");
  const span = hours < 48 ? few : count(Math.floor(hours / 24), "day");
  return `${span} (coverage ${percent} %)`;
}

function coverageLines(
  { sources, coverage }: LeastRolesResult,
  width: number,
  { yellow }: Palette,
): string[] {
  const { from, to, hours, hoursSeen, levels, gaps, doubts } = coverage;
  const strangers = sources.reduce((sum, one) => sum + one.strangers, 0);
  const other = strangers === 0 ? "" : `, and ${count(strangers, "line")} of something else`;
  const [longest] = gaps;
  return [
    ...row(
      "read",
      `${count(sources.length, "file")} with ${count(coverage.events, "event")}${other}`,
      width,
    ),
    ...row(
      "seen",
      `${seenPhrase(coverage)}: ${time(from)} to ${time(to)}, something in ${grouped(hoursSeen)} of ${count(hours, "hour")}`,
      width,
    ),
    ...(longest === undefined
      ? []
      : row(
          "gaps",
          `${count(gaps.length, "stretch", "stretches")} without any event, the longest ${count(longest.hours, "hour")} from ${time(longest.from)}`,
          width,
        )),
    ...row(
      "levels",
      levels.map(({ name, count: n }) => `${name || "none"} ${grouped(n)}`).join(", "),
      width,
    ),
    ...doubts.flatMap((doubt, i) => row(i === 0 ? "not sure" : "", doubt, width)).map(yellow),
  ];
}

function time(at: number | null): string {
  return at === null ? "an unknown time" : `${new Date(at).toISOString().slice(0, 16)}Z`;
}

function subjectLines(
  { subject, least, proof, granted }: LeastSubject,
  {
    coverage,
    width,
    colours,
  }: { readonly coverage: LogCoverage; readonly width: number; readonly colours: Palette },
): string[] {
  const { scopes, widened, inexpressible, doubts } = least;
  const wanted = subject.wanted.map(wantedPhrase);
  const rest = subject.moreWanted;
  return [
    colours.bold(visible(subject.name)),
    ...row("allowed", count(subject.uses.length, "different request"), width),
    ...row(
      "proof",
      `replayed against these roles: ${grouped(proof.allowed)} of ${count(proof.requests, "request")} allowed still`,
      width,
    ).map((line) => (proof.lost.length === 0 ? line : colours.red(line))),
    ...scopes.flatMap(({ namespace, rules }) =>
      rules.flatMap((rule, i) =>
        row(i === 0 ? (namespace ?? "cluster") : "", rulePhrase(rule), width),
      ),
    ),
    ...many(
      "widened",
      widened.map(({ request, by }) => `${requestPhrase(request)} (${by})`),
      width,
    ),
    ...many("in no rule", inexpressible.map(requestPhrase), width).map(colours.red),
    ...many("in vain", wanted, width),
    ...(granted ?? []).flatMap((grant, i) =>
      row(i === 0 ? "granted" : "", grantPhrase(grant, coverage), width).map((line) =>
        grant.used === 0 ? colours.red(line) : line,
      ),
    ),
    ...(rest === 0 ? [] : row("", `and ${count(rest, "more refusal")}`, width)),
    ...doubts
      .flatMap((doubt, i) => row(i === 0 ? "not sure" : "", doubt, width))
      .map(colours.yellow),
  ];
}

function many(name: string, all: readonly string[], width: number): string[] {
  const hidden = all.length - SHOWN_MAX;
  return [
    ...all.slice(0, SHOWN_MAX).flatMap((one, i) => row(i === 0 ? name : "", one, width)),
    ...(hidden > 0 ? row("", `and ${grouped(hidden)} more, which --format json has`, width) : []),
  ];
}

/** `get, list pods, services; named a, b`. */
function rulePhrase(rule: PolicyRule): string {
  if ("nonResourceURLs" in rule) return `${list(rule.verbs)} ${shown(rule.nonResourceURLs)}`;
  const { verbs, apiGroups, resources, resourceNames } = rule;
  const [group = ""] = apiGroups;
  const of = group === "" ? "" : ` of ${group}`;
  const names = resourceNames === undefined ? "" : ` named ${shown(resourceNames)}`;
  return `${list(verbs)} ${list(resources)}${of}${names}`;
}

/** `- ClusterRole edit by RoleBinding shop/web: delete pods: not seen in 14 days (coverage 92 %)`. */
function grantPhrase(grant: SeenGrant, coverage: LogCoverage): string {
  const { binding, role, rule, used, unseen } = grant;
  const resources = list(rule.urls.length > 0 ? rule.urls : rule.resources);
  const what = `${role} by ${binding}: ${list(rule.verbs)} ${resources}`;
  const since = `not seen in ${seenPhrase(coverage)}`;
  if (used === 0) return `- ${what}: ${since}`;
  const less = [...unseen.verbs, ...unseen.resources, ...unseen.names];
  const wider = grant.isWider ? ["by a *, or for all names or namespaces, more than was seen"] : [];
  if (less.length === 0 && wider.length === 0) return `= ${what}: all of it was seen`;
  const rest = less.length === 0 ? [] : [`${shown(less)} ${since}`];
  return `~ ${what}: ${[...rest, ...wider].join("; ")}`;
}

function shown(all: readonly string[]): string {
  return firstOf(all, SHOWN_MAX);
}

function wantedPhrase({ request, refusedBy }: WantedUse): string {
  const by = refusedBy === "later" ? "permitted, and refused by admission or a quota" : "refused";
  return `${requestPhrase(request)}: ${by}`;
}

function requestPhrase(request: ApiRequest): string {
  const { verb, group, resource, subresource, namespace, name, path } = request;
  if (path !== "") return `${verb} ${path}`;
  const of = group === "" ? "" : ` of ${group}`;
  const what = subresource === "" ? resource : `${resource}/${subresource}`;
  const named = name === "" ? "" : ` named ${name}`;
  return `${verb} ${what}${of}${named}${namespace === "" ? "" : ` in ${namespace}`}`;
}
