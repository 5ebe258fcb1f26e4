import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { dockerfile } from "../shared/build-examples.ts";
import { BuildSaid, lastOf } from "../shared/build-said.ts";
import { controls } from "../shared/said.ts";

export const imageUserNumeric: CheckOf<ImageBuild> = {
  id: "image-user-numeric",
  title: "the user of an image is a number",
  severity: "low",
  why: "Kubernetes cannot tell whether a name is root, so a pod that demands runAsNonRoot does not start, and somebody drops the demand",
  fix: "write the number that /etc/passwd has for the name",
  controls: controls({ "pss-restricted": ["Running as Non-root"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      dockerfile("FROM debian:12.5", "USER app"),
      dockerfile("FROM debian:12.5", "USER app:1000"),
    ],
    good: [
      dockerfile("FROM debian:12.5", "USER 10001"),
      dockerfile("FROM debian:12.5", "USER 10001:app"),
    ],
  },
  versions: [{ from: 0, run }],
};

function run(build: ImageBuild): BuildSaid["all"] | "not-applicable" {
  const word = lastOf(build, "USER")?.step.words[0];
  if (word === undefined) return "not-applicable";
  const { value, at, isKnown } = word;
  const said = new BuildSaid(build);
  if (!isKnown) said.doubt(null, at, `USER ${value} has a variable without value`);
  else if (!/^\d+(?::.*)?$/.test(value))
    said.fault(null, at, `names its user ${value}, not by number`, { value });
  return said.all;
}
