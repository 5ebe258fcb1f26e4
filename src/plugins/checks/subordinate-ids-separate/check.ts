import { pointerToFile, seenFile } from "../../../formats/host/record-file.ts";
import type { Host, IdRange, Podman } from "../../../model/host.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { file, host } from "../shared/host-examples.ts";
import { HostSaid } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

const PODMAN = { kind: "file", uid: 0, gid: 0, mode: 0o755 } as const;
const STORE = { kind: "folder", uid: 1000, gid: 1000, mode: 0o700 } as const;
const withRanges = (text: string, more = {}): ReturnType<typeof host> =>
  host({ "/usr/bin/podman": PODMAN, "/etc/subuid": file(text), ...more });

export const subordinateIdsSeparate: Check = {
  id: "subordinate-ids-separate",
  title: "users who run containers without root have numbers of their own for them",
  severity: "medium",
  why: "where two users have the same numbers, root in the container of one reads and changes the files of the other's",
  fix: "give each user a range of its own with usermod --add-subuids FIRST-LAST --add-subgids FIRST-LAST USER",
  controls: controls({ attack: ["T1611"] }),
  aspects: { missing: { severity: "low" } },
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [
      withRanges("anna:100000:65536\nben:150000:65536\n"),
      withRanges("anna:0:65536\n"),
      withRanges("", {
        "/etc/passwd": file("anna:x:1000:1000::/srv/anna:/bin/sh\n"),
        "/srv/anna/.local/share/containers/storage": STORE,
      }),
      // Elsewhere than usual.
      withRanges("", {
        "/etc/passwd": file("anna:x:1000:1000::/srv/anna:/bin/sh\n"),
        "/etc/containers/storage.conf": file(
          '[storage]\nrootless_storage_path = "/data/$USER/podman-$UID"\n',
        ),
        "/data/anna/podman-1000": STORE,
      }),
      withRanges("", {
        "/etc/passwd": file("anna:x:1000:1000::/srv/anna:/bin/sh\n"),
        "/srv/anna/.config/containers/storage.conf": file('[storage]\ngraphroot = "/data/a"\n'),
        "/data/a": STORE,
      }),
    ],
    good: [withRanges("anna:100000:65536\nben:165536:65536\n"), withRanges("")],
  },
  versions: [
    {
      from: 0,
      run: (subject) => {
        if (subject.podman === null) return "not-applicable";
        const said = new HostSaid();
        if (subject.accounts.rest !== null) said.doubt(subject.accounts.rest, "missing");
        sayRanges(subject.podman.ranges, said);
        sayMissing(subject, subject.podman, said);
        return said.all;
      },
    },
  ],
};

/** Sorted by their beginning, ranges overlap exactly where one begins before another that began earlier has ended. */
function sayRanges(ranges: readonly IdRange[], said: HostSaid): void {
  let widest: IdRange | null = null;
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    if (range.from < 1000)
      said.fault(
        range.at,
        `the numbers of ${range.owner} begin at ${range.from}, where those of the system are`,
      );
    const end: number = widest === null ? 0 : widest.from + widest.count;
    if (widest !== null && range.from < end && widest.owner !== range.owner)
      said.fault(
        range.at,
        `${range.owner} and ${widest.owner} have numbers in common, from ${range.from} on`,
      );
    if (widest === null || range.from + range.count > end) widest = range;
  }
}

function sayMissing({ record, accounts }: Host, podman: Podman, said: HostSaid): void {
  if (accounts.rest !== null) return;
  for (const { name, uid, store } of podman.people) {
    const hasNumbers = podman.ranges.some(({ owner }) => owner === name || owner === String(uid));
    if (hasNumbers || seenFile(record, store) === null) continue;
    said.fault(
      pointerToFile("/etc/subuid"),
      `${name} runs containers and has no numbers for them`,
      { aspect: "missing" },
    );
  }
}
