import { wordOf } from "../../../formats/host/option-texts.ts";
import { contentOf, pointerToFile } from "../../../formats/host/record-file.ts";
import { optionOf } from "../../../model/host.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost, file } from "../shared/host-examples.ts";
import { ofDaemons } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

const MOUNTS = "/proc/self/mountinfo";
const ROOT = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n";

export const containersOwnPartition: Check = {
  id: "containers-own-partition",
  title: "what containers write has a partition of its own",
  severity: "low",
  why: "a container that writes without end fills the disk of the host, and its logs and updates stop",
  fix: "mount a partition at the daemon's data-root, /var/lib/docker where nothing else is set",
  controls: controls({ "cis-docker-1.6": ["1.1.1"], attack: ["T1499"] }),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [
      dockerHost({}, { files: { [MOUNTS]: file(ROOT) } }),
      dockerHost(
        {},
        {
          files: {
            [MOUNTS]: file(
              `${ROOT}30 22 8:1 /var/lib/docker /var/lib/docker rw - ext4 /dev/sda1 rw\n`,
            ),
          },
        },
      ),
    ],
    good: [
      dockerHost(
        {},
        {
          files: { [MOUNTS]: file(`${ROOT}30 22 8:2 / /var/lib/docker rw - ext4 /dev/sda2 rw\n`) },
        },
      ),
      dockerHost(
        { "data-root": "/srv/docker" },
        { files: { [MOUNTS]: file(`${ROOT}30 22 8:2 / /srv rw - ext4 /dev/sda2 rw\n`) } },
      ),
    ],
  },
  versions: [
    {
      from: 0,
      run: ofDaemons((daemon, said, { record }) => {
        const mounts = contentOf(record, MOUNTS);
        if (mounts.state !== "known") {
          said.doubt({ at: pointerToFile(MOUNTS), why: `${MOUNTS} cannot be read` });
          return;
        }
        const option = optionOf(daemon, "data-root");
        if (option.state === "unknown") return said.doubt(option);
        const folder = option.state === "known" ? wordOf(option.value) : "/var/lib/docker";
        if (isElsewhere(folder, mounts.value)) return;
        said.fault(daemon.at, `${daemon.name}: ${folder} is on the partition of the system`);
      }),
    },
  ],
};

/**
 * Whether a folder is on another device than `/`. dockerd mounts its data-root on itself, so that a mount alone tells nothing.
 *
 * @see proc(5), /proc/pid/mountinfo: the third field is the device, the fifth the place, in which spaces are written `\040`.
 */
function isElsewhere(folder: string, mountinfo: string): boolean {
  const mounts = mountinfo.split("\n").flatMap((line) => {
    const [, , device, , at] = line.split(" ");
    return device === undefined || at === undefined
      ? []
      : [{ device, at: at.replaceAll("\\040", " ") }];
  });
  const [nearest] = mounts
    .filter(({ at }) => at === "/" || folder === at || folder.startsWith(`${at}/`))
    .sort((a, b) => b.at.length - a.at.length);
  const system = mounts.find(({ at }) => at === "/");
  return nearest?.device !== system?.device;
}
