import type { ImageBuild } from "../../../model/image-build.ts";
import type { ShellCommand, ShellWord } from "../../../model/shell.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { BuildSaid, commandsOf } from "../shared/build-said.ts";
import { packageCommand } from "../shared/package-commands.ts";
import { controls } from "../shared/said.ts";

export const packagesVerified: CheckOf<ImageBuild> = {
  id: "packages-verified",
  title: "packages and the keys that sign them are verified",
  severity: "high",
  why: "whoever controls a mirror, or the way to it, installs what they like as root",
  fix: "remove the option, and bring the key of the repository into the image from a file or over https",
  controls: controls({ "cis-docker-1.6": ["4.11"], attack: ["T1195.002"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      building("RUN apk add --allow-untrusted app.apk"),
      building("RUN apt-get install -y --allow-unauthenticated app=1.0"),
      building("RUN apt-get -o APT::Get::AllowUnauthenticated=true install app=1.0"),
      building("RUN yum install -y --nogpgcheck app-1.0"),
      building("RUN rpm --nodigest -i app.rpm"),
      building("RUN apt-key adv --fetch-keys http://example.org/key.asc"),
      building(
        "RUN wget -qO- http://example.org/key.asc | gpg --dearmor -o /usr/share/keyrings/example.gpg",
      ),
    ],
    good: [
      building("RUN apt-get install -y app=1.0"),
      building(
        "RUN curl -fsSL https://example.org/key.asc | gpg --dearmor -o /usr/share/keyrings/example.gpg",
      ),
    ],
  },
  versions: [{ from: 0, run }],
};

const SWITCHES: ReadonlyMap<string, RegExp> = new Map([
  ["apk", /^--allow-untrusted$/],
  [
    "apt",
    /^--(?:allow-unauthenticated|force-yes|allow-insecure-repositories|no-allow-authenticated)$|(?:AllowUnauthenticated|AllowInsecureRepositories)=(?:true|1|yes)$/i,
  ],
  ["dnf", /^--nogpgcheck$|^(?:--setopt=)?(?:\*\.|[\w-]+\.)?(?:repo_)?gpgcheck=(?:0|false|no)$/],
  ["zypper", /^--(?:no-gpg-checks|allow-unsigned-rpm)$/],
  ["pacman", /^--sig-?level=never$/i],
  ["rpm", /^--(?:nodigest|nosignature|noverify|nofiledigest|nosigs?|nogpg)$/],
  ["dpkg", /^--(?:force-bad-verify|force-all|no-debsig)$/],
]);

function run(build: ImageBuild): BuildSaid["all"] {
  const said = new BuildSaid(build);
  for (const { stage, command, all } of commandsOf(build, said)) {
    const found = packageCommand(command);
    const form = SWITCHES.get(found?.manager ?? "");
    const word =
      form === undefined ? undefined : command.words.find(({ value }) => form.test(value));
    if (word !== undefined)
      said.fault(stage, word.at, `takes packages that are not verified (${word.value})`, {
        value: word.value,
      });
    const key = plainKey(command, all);
    if (key !== null)
      said.fault(stage, key.at, "takes a key over plain http", { value: key.value });
  }
  return said.all;
}

const KEY_PROGRAMS: ReadonlySet<string> = new Set(["gpg", "gpg2", "apt-key", "rpm"]);

/** The address of a key that is fetched without TLS, by the program itself or through a pipe. */
function plainKey(command: ShellCommand, all: readonly ShellCommand[]): ShellWord | null {
  const address = command.words.find(({ value }) => /^http:\/\//i.test(value)) ?? null;
  if (address === null) return null;
  const { name, feeds } = command;
  const taker = feeds === null ? null : (all[feeds]?.name ?? null);
  const isOwn =
    name === "apt-key" ||
    (name === "rpm" && command.words.some(({ value }) => value === "--import"));
  return isOwn || (taker !== null && KEY_PROGRAMS.has(taker)) ? address : null;
}
