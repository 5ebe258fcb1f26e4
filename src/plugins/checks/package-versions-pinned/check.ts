import { firstOf } from "../../../kit/phrase.ts";
import type { ImageBuild } from "../../../model/image-build.ts";
import type { ShellWord } from "../../../model/shell.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { commandsOf, ofFiles } from "../shared/build-said.ts";
import { type PackageTool, packageCommand } from "../shared/package-commands.ts";

export const packageVersionsPinned: CheckOf<ImageBuild> = {
  id: "package-versions-pinned",
  title: "packages are installed in a version that is written down",
  severity: "low",
  why: "the next build takes whatever is newest by then, also what was published an hour ago by whoever took over the package",
  fix: "write the version behind the name, or install from a lock file",
  controls: [],
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      building("RUN apt-get update && apt-get install -y git"),
      building('RUN ["pip", "install", "requests"]'),
      building("RUN npm install -g typescript"),
      building("RUN go install example.org/tool@latest"),
    ],
    good: [
      building("RUN apt-get update && apt-get install -y git=1:2.39.5-0"),
      building("RUN pip install --no-cache-dir -r requirements.txt"),
      building("RUN npm install -g @scope/tool@1.2.3 && npm install"),
      building("RUN gem install rake -v 13.2.1"),
    ],
  },
  versions: [
    {
      from: 0,
      run: ofFiles((build, said) => {
        for (const { stage, command } of commandsOf(build, said)) {
          const found = packageCommand(command);
          if (found === null || found.packages.length === 0) continue;
          const open = found.packages.filter((word) => isOpen(found.manager, word, found.options));
          const [first] = open;
          if (first === undefined) continue;
          const names = firstOf(
            open.map(({ value }) => value),
            5,
          );
          said.fault(stage, first.at, `installs ${names} in whichever version is newest`, {
            value: first.value,
          });
        }
      }),
    },
  ],
};

/** How a version is written behind a name; folders, files and addresses are versions of their own. */
const PINNED: Readonly<Record<PackageTool, RegExp>> = {
  apt: /=|\.deb$|\//,
  apk: /[=~<>]|\.apk$|^!|^\./,
  dnf: /-v?\d|\.rpm$|^@|=/,
  zypper: /[=<>]|-\d|\.rpm$/,
  pacman: /\.pkg\.tar/,
  pip: /[=<>~!@]|:\/\/|^\.|^\/|\.(?:whl|gz|zip)$/,
  npm: /.@|:\/\/|^[./]|\.tgz$|^git[@+]/,
  gem: /:\d|\.gem$/,
  go: /@(?!latest$)|^\./,
  rpm: /./,
  dpkg: /./,
};

function isOpen(
  manager: PackageTool,
  { value, isStatic }: ShellWord,
  options: readonly string[],
): boolean {
  // A variable may hold names with their versions.
  if (!isStatic && /^\$/.test(value)) return false;
  if (manager === "gem" && options.some((option) => /^(?:-v|--version)/.test(option))) return false;
  return !PINNED[manager].test(value);
}
