import type { BuildWord, ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { type BuildSaid, ofFiles, type PlacedStep, stepsOf } from "../shared/build-said.ts";
import { isRemote } from "../shared/remote-source.ts";
import { controls } from "../shared/said.ts";

export const copyInsteadOfAdd: CheckOf<ImageBuild> = {
  id: "copy-instead-of-add",
  title: "files are brought in by COPY",
  severity: "low",
  why: "ADD unpacks what looks like an archive, so whoever can change a file can place others anywhere in the image",
  fix: "write COPY, or unpack on purpose",
  controls: controls({ "cis-docker-1.6": ["4.9"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [building("ADD app.jar /app/"), building("ARG JAR", "ADD ${JAR} app.jar")],
    good: [
      building("COPY app.jar /app/"),
      building("ADD rootfs.tar.xz /"),
      building("ADD --checksum=sha256:0 https://example.org/a.tar /a"),
    ],
  },
  versions: [
    {
      from: 0,
      run: ofFiles((build, said) => {
        for (const placed of stepsOf(build, "ADD")) look(placed, said);
      }),
    },
  ],
};

const ARCHIVE = /\.(?:tar(?:\.\w{1,4})?|t[abgx]z2?|tzst|gz|bz2|xz|zst)$/i;

/** Archives may be meant to be unpacked; one that becomes a file by another name is not. */
function look({ stage, step }: PlacedStep, said: BuildSaid): void {
  const target = step.words.at(-1)?.value ?? "";
  for (const source of step.words.slice(0, -1)) {
    const { value, at } = source;
    if (isRemote(value) || value.startsWith("<<")) continue;
    const doubt = `what ADD ${value} brings has a variable without value`;
    if (isArchive(source)) continue;
    if (source.isKnown || isFile(target))
      said.fault(stage, at, `adds ${value}, where COPY does`, { value });
    else said.doubt(stage, at, doubt);
  }
}

function isArchive({ value }: BuildWord): boolean {
  return ARCHIVE.test(value) || value.endsWith("*");
}

function isFile(target: string): boolean {
  return /[^/]\.[A-Za-z]\w*$/.test(target) && !ARCHIVE.test(target);
}
