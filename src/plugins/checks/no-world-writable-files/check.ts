import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { modesIn } from "../shared/file-modes.ts";
import { controls } from "../shared/said.ts";

export const noWorldWritableFiles: CheckOf<ImageBuild> = {
  id: "no-world-writable-files",
  title: "no build lets everybody write to files",
  severity: "medium",
  why: "whoever breaks in, as whichever user, can change programs and settings that others run",
  fix: "give the files to the user that writes them, with chown or COPY --chown, and mode 755 or 644",
  controls: controls({ attack: ["T1222.002"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      building("RUN chmod -R 777 /app"),
      building("RUN chmod a+rwx /app"),
      building("COPY --chmod=0666 settings /etc/app"),
    ],
    good: [building("RUN chmod 755 /app"), building("RUN chmod 1777 /tmp/uploads")],
  },
  versions: [
    {
      from: 0,
      run: (build) =>
        modesIn(build, ({ sets, written }) => {
          // A sticky folder is what /tmp is.
          const isOpen = (sets & 0o002) !== 0 && (sets & 0o1000) === 0;
          return isOpen ? `lets everybody write (${written})` : null;
        }),
    },
  ],
};
