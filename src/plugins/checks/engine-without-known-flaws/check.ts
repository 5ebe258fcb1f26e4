import { known } from "../../../kit/fact.ts";
import { count } from "../../../kit/phrase.ts";
import type { EngineFlaws } from "../../../model/host.ts";
import type { Check, Example } from "../../../stages/check/contract.ts";
import { dockerHost } from "../shared/host-examples.ts";
import { HostSaid } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

const RUNC: EngineFlaws = {
  part: "runc",
  version: "1.1.4",
  flaws: 3,
  severity: "high",
  worst: "CVE-2024-21626",
  fixedIn: "1.1.12",
};

/** The same host after its engines were compared with advisories. */
const withFlaws = (...flaws: readonly EngineFlaws[]): Example => {
  const example = dockerHost({});
  return { ...example, document: { ...(example.document as object), flaws: known(flaws, "") } };
};

export const engineWithoutKnownFlaws: Check = {
  id: "engine-without-known-flaws",
  title: "Docker, containerd, runc and Podman have no known flaws",
  severity: "high",
  why: "ways out of a container are published with each of these advisories, and are tried from then on",
  fix: "update the engine's packages, and start the engine and its containers again",
  controls: controls({ "cis-docker-1.6": ["1.2.2"], attack: ["T1611"] }),
  aspects: {
    critical: { severity: "critical" },
    medium: { severity: "medium" },
    low: { severity: "low" },
    unknown: { severity: "unknown" },
  },
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [withFlaws(RUNC), withFlaws({ ...RUNC, severity: "critical", fixedIn: null })],
    good: [withFlaws()],
  },
  versions: [
    {
      from: 0,
      run: ({ daemons, podman, containerd, flaws }) => {
        const isAny = daemons.length > 0 || podman !== null || containerd !== null;
        if (!isAny) return "not-applicable";
        const said = new HostSaid();
        if (flaws.state === "unknown") said.doubt(flaws);
        else if (flaws.state === "known") for (const one of flaws.value) say(one, said);
        return said.all;
      },
    },
  ],
};

function say(
  { part, version, flaws, severity, worst, fixedIn }: EngineFlaws,
  said: HostSaid,
): void {
  const fix = fixedIn === null ? "which nothing closes yet" : `closed by ${fixedIn}`;
  const most = flaws === 1 ? `${worst}, ${fix}` : `first ${worst}, ${fix}`;
  said.fault("", `${part} ${version} has ${count(flaws, "known flaw")}: ${most}`, {
    value: worst,
    ...(severity === "high" ? {} : { aspect: severity }),
  });
}
