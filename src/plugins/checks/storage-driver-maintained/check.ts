import { wordOf } from "../../../formats/host/option-texts.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost } from "../shared/host-examples.ts";
import { ofDaemons } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

export const storageDriverMaintained: Check = {
  id: "storage-driver-maintained",
  title: "the Docker daemon stores layers with a driver that is maintained",
  severity: "low",
  why: "drivers that nobody maintains have known ways to mix up the files of containers, and are left out of updates",
  fix: "move to overlay2: save the images, change storage-driver, and load them again",
  controls: controls({ "cis-docker-1.6": ["2.6"] }),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [
      dockerHost({ "storage-driver": "aufs" }),
      dockerHost({}, { info: { Driver: "devicemapper" } }),
    ],
    good: [dockerHost({}), dockerHost({ "storage-driver": "overlay2" })],
  },
  versions: [
    {
      from: 0,
      run: ofDaemons((daemon, said) => {
        said.option(daemon, "storage-driver", (value) =>
          OLD.has(wordOf(value))
            ? `its storage driver ${wordOf(value)} is no longer maintained`
            : null,
        );
      }),
    },
  ],
};

const OLD: ReadonlySet<string> = new Set(["aufs", "devicemapper", "overlay"]);
