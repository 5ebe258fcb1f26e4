import type { Check } from "../../../stages/check/contract.ts";
import { controls, Said } from "../shared/said.ts";

export const noBlindUpdates: Check = {
  id: "no-blind-updates",
  title: "images do not replace themselves by whatever their tag means next",
  severity: "medium",
  why: "whoever may push the tag runs a program of theirs on every host within a day, and nothing has looked at it",
  fix: "leave out AutoUpdate and write a digest, which a scanned and signed change of the unit moves",
  controls: controls({ attack: ["T1525"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      {
        format: "quadlet",
        document: "[Container]\nImage=registry.example/app:1\nAutoUpdate=registry\n",
      },
      {
        format: "quadlet",
        document:
          "[Container]\nImage=registry.example/app:1\nLabel=io.containers.autoupdate=registry\n",
      },
    ],
    good: [
      { format: "quadlet", document: "[Container]\nImage=registry.example/app:1\n" },
      {
        format: "quadlet",
        document: "[Container]\nImage=registry.example/app:1\nAutoUpdate=local\n",
      },
      {
        format: "quadlet",
        document: `[Container]\nImage=registry.example/app@sha256:${"0".repeat(64)}\nAutoUpdate=registry\n`,
      },
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ engine, containers }) => {
        if (engine === undefined) return "not-applicable";
        const said = new Said();
        const isFixed = containers.every(
          ({ image }) => image.state === "known" && image.value.includes("@sha256:"),
        );
        said.of(null, engine.autoUpdate, (from) =>
          (from === "registry" || from === "image") && !isFixed
            ? "takes whatever its tag means next"
            : null,
        );
        return said.all;
      },
    },
  ],
};
