import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { BuildSaid, knownWords, stepsOf } from "../shared/build-said.ts";

export const portsExist: CheckOf<ImageBuild> = {
  id: "ports-exist",
  title: "the ports that an image exposes can be",
  severity: "low",
  why: "rules of networks are written from what images expose, and one that cannot be is a rule that is missing",
  fix: "write a port from 1 to 65535, and tcp, udp or sctp behind it",
  controls: [],
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [building("EXPOSE 65536"), building("EXPOSE 80/http"), building("EXPOSE 90-80")],
    good: [building("EXPOSE 8080 53/udp 9000-9010/TCP")],
  },
  versions: [
    {
      from: 0,
      run: (build) => {
        const said = new BuildSaid(build);
        for (const placed of stepsOf(build, "EXPOSE"))
          for (const { value, at } of knownWords(placed, said))
            if (!isPort(value))
              said.fault(placed.stage, at, `exposes ${value}, which is no port`, { value });
        return said.all;
      },
    },
  ],
};

function isPort(text: string): boolean {
  const [, first, last = first] =
    /^(\d{1,6})(?:-(\d{1,6}))?(?:\/(?:tcp|udp|sctp))?$/i.exec(text) ?? [];
  if (first === undefined) return false;
  const [from, to] = [Number(first), Number(last)];
  return from >= 1 && to <= 65_535 && from <= to;
}
