// The least that containers need, for people: what was seen, how sure that is, and what to write down.
import type { LeastContainers, LeastWorkload } from "../app/minimize-containers.ts";
import type { StagedProfile } from "../app/seccomp-stages.ts";
import { type Palette, palette } from "../kit/colour.ts";
import { visible, wrap } from "../kit/display.ts";
import { count, grouped, list } from "../kit/phrase.ts";
import type { LeastContainer } from "../stages/grant/least-container.ts";
import type { Refusal } from "../stages/grant/network-proof.ts";
import type { Listener } from "../stages/grant/observed-use.ts";

interface Screen {
  readonly width: number;
  readonly colour: boolean;
}

/** `bulwark.dev/least-containers/v1` */
export function leastJson(result: LeastContainers): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}

export function leastText(result: LeastContainers, { width, colour }: Screen): string {
  const colours = palette(colour);
  const { workloads, problems, profiles, written } = result;
  const containers = workloads.flatMap((one) => one.containers);
  const blocks = [
    [
      colours.bold(
        `${visible(result.events)} : ${count(containers.length, "container")} of ${count(workloads.length, "workload")}`,
      ),
    ],
    ...workloads.flatMap((one) => workloadBlocks(one, width, colours)),
    problems.length === 0
      ? []
      : [
          colours.bold("NOT TOLD"),
          ...problems.flatMap(({ code, path, detail }) =>
            row(code, path === undefined ? detail : `${path}: ${detail}`, width),
          ),
        ],
    profileLines(profiles, width, colours),
    written.length === 0 && profiles.length === 0
      ? ["next: --output DIR writes seccomp profiles, patches and network policies"]
      : written.map((path) => `written: ${visible(path)}`),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** A container has one profile, and ours takes the place of what the engine would have given it. */
const LOG_WORDS =
  "refuses nothing, and the engine's own profile is not in force beside it: a container with it has fewer walls until stage enforce";

/** Profiles that changed, or were asked to. */
export function profilesText(
  profiles: readonly StagedProfile[],
  { width, colour }: Screen,
): string {
  return `${profileLines(profiles, width, palette(colour)).join("\n")}\n`;
}

function profileLines(
  profiles: readonly StagedProfile[],
  width: number,
  { red, yellow }: Palette,
): string[] {
  return profiles.flatMap(({ path, stage, was, isChanged, previous, trial, since }) => {
    const state = isChanged ? "written" : "left as it is";
    const from = was === null || was === stage ? "" : `, from ${was}`;
    const kept = isChanged && previous !== null ? `; what was there is now ${previous}` : "";
    return [
      visible(`${state}: ${path} (stage ${stage}${from}, since ${since.slice(0, 16)}Z)${kept}`),
      ...(stage === "log" ? row("meanwhile", LOG_WORDS, width).map(yellow) : []),
      ...(trial?.calls ?? []).flatMap(({ call, program, times, last }) =>
        row(
          "would refuse",
          `${call}, which ${program} called ${count(times, "time")}, at ${new Date(last).toISOString().slice(0, 19)}Z last`,
          width,
        ).map(red),
      ),
      ...(trial?.reasons ?? []).flatMap((reason) => row("nobody knows", reason, width).map(yellow)),
    ];
  });
}

function workloadBlocks(one: LeastWorkload, width: number, colours: Palette): string[][] {
  const { of } = one.containers[0].use;
  const name = [of.namespace, of.workload].filter((part) => part !== null).join("/");
  const titleOf = (container: string): string =>
    of.platform === "engine"
      ? `container ${container}`
      : `${of.workloadKind} ${name}, container ${container}`;
  return [
    ...one.containers.map((least) => [
      colours.bold(visible(titleOf(least.use.of.name))),
      ...containerLines(least, width, colours),
      ...(one.runOptions.length === 0 ? [] : row("run with", one.runOptions.join(" "), width)),
    ]),
    networkLines(one, width, colours),
  ];
}

function containerLines(least: LeastContainer, width: number, { yellow, red }: Palette): string[] {
  const { use, doubts, capabilities, folders, seccomp } = least;
  const names = seccomp.syscalls.flatMap((rule) => rule.names);
  return [
    ...row("seen", coveragePhrase(least), width),
    ...(doubts.length === 0 ? [] : row("not sure", list(doubts), width).map(yellow)),
    ...row("capabilities", capabilities.add.length === 0 ? "none" : list(capabilities.add), width),
    ...(use.capabilities.refused.length === 0
      ? []
      : row(
          "",
          `refused: ${list(use.capabilities.refused)}; the kernel asks for many by itself, so that alone is no sign of an attack`,
          width,
        )),
    ...unseenLines(least, width).map(red),
    ...row(
      "system calls",
      `${grouped(use.syscalls.length)} seen, ${grouped(names.length)} with those of the runtime`,
      width,
    ),
    ...row("writes", writesPhrase(folders), width),
    ...portLines(least, width).map(yellow),
  ];
}

/** What somebody sees who reads the manifest, and what is there. */
function portLines({ ports, use, coverage }: LeastContainer, width: number): string[] {
  const { undeclared = [], unseen = [] } = ports ?? {};
  const named = (all: readonly Listener[]): string =>
    list(all.map(({ protocol, port }) => `${protocol} ${port}`));
  return [
    ...(undeclared.length === 0
      ? []
      : row("ports", `listens at ${named(undeclared)}, which is not declared`, width)),
    ...(unseen.length === 0
      ? []
      : row("ports", `${named(unseen)} declared: ${notSeen({ use, coverage })}`, width)),
  ];
}

/** `13.2 of 14 days (coverage 94 %), 3 starts, 2 ends`. */
function coveragePhrase({ use, coverage }: LeastContainer): string {
  const { windowMs, observedMs, starts, ends } = use.coverage;
  const [number, unit] = lengthOf(windowMs, windowMs);
  const [seen] = lengthOf(observedMs, windowMs);
  // Of no time at all a share says nothing.
  const length =
    windowMs < 1000
      ? "less than a second"
      : `${seen} of ${number} ${unit} (coverage ${coverage} %)`;
  return `${length}, ${count(starts, "start")}, ${count(ends, "end")}`;
}

const UNITS = [
  ["days", 86_400_000],
  ["hours", 3_600_000],
  ["minutes", 60_000],
  ["seconds", 1000],
] as const;

/** In the unit in which the window is two at least, with one digit behind the point, and never more than it was. */
function lengthOf(ms: number, windowMs: number): readonly [number: string, unit: string] {
  const [unit, size] = UNITS.find(([, one]) => windowMs >= 2 * one) ?? ["seconds", 1000];
  return [String(Math.floor((10 * ms) / size) / 10), unit];
}

function unseenLines({ use, capabilities, coverage }: LeastContainer, width: number): string[] {
  const { unseen } = capabilities;
  if (unseen === null || unseen.length === 0) return [];
  return row("granted", `${list(unseen)}: ${notSeen({ use, coverage })}`, width);
}

/** Never "unused": that would be a claim about the time outside of the window, and about its gaps. */
function notSeen({ use, coverage }: Pick<LeastContainer, "use" | "coverage">): string {
  const { windowMs } = use.coverage;
  return `not seen in ${lengthOf(windowMs, windowMs).join(" ")} (coverage ${coverage} %)`;
}

function writesPhrase({ scratch, byHand }: LeastContainer["folders"]): string {
  if (byHand.length > 0)
    return `to be decided by hand: ${list(byHand)}; an empty volume would hide what the image has there`;
  if (scratch.length === 0) return "none: the root file system can be read-only";
  return `${list(scratch)}: read-only with volumes there`;
}

const SHOWN = 6;

function networkLines(
  { network, containers }: LeastWorkload,
  width: number,
  { yellow, red }: Palette,
): string[] {
  const { policy, reason, flows, proved, unproved, refused, uncalled, doubts } = network;
  if (policy === null) return reason === null ? [] : row("network", `no policy: ${reason}`, width);
  const rules = count(policy.spec.ingress.length + policy.spec.egress.length, "rule");
  const lines = (name: string, texts: readonly string[]): string[] => {
    const more = texts.length - SHOWN;
    const shown = more > 1 ? [...texts.slice(0, SHOWN), `and ${grouped(more)} more`] : texts;
    return shown.flatMap((text, i) => row(i === 0 ? name : "", text, width));
  };
  const refusing = (allowance: "denied" | "unknown"): string[] =>
    unproved
      .filter((one) => one.allowance === allowance)
      .map(({ text, by }) => `${text}, by ${list(by)}`);
  return [
    ...row(
      "network",
      `a policy of ${rules}, which lets ${grouped(proved)} of ${count(flows, "flow")} through that were seen`,
      width,
    ),
    ...lines("not sure", doubts).map(yellow),
    ...lines("denied", refusing("denied")).map(red),
    ...lines("nobody knows", refusing("unknown")).map(yellow),
    ...(refused.length + uncalled.length === 0
      ? []
      : row("would deny", `what was ${notSeen(containers[0])}:`, width)),
    ...lines("", [...refused.map(refusalText), ...uncalled.map(uncalledText)]),
  ];
}

function refusalText({ direction, neighbour, ports }: Refusal): string {
  return `${direction === "ingress" ? "from" : "to"} ${neighbour} at ${list(ports)}`;
}

function uncalledText({ protocol, port }: Listener): string {
  return `from everybody at ${protocol} ${port}, where it waits`;
}

/** A name and what is said of it, over as many lines as it needs. */
export function row(name: string, text: string, width: number): string[] {
  return wrap(visible(text), Math.max(60, width) - 16).map(
    (line, i) => `  ${(i === 0 ? name : "").padEnd(13)} ${line}`,
  );
}
