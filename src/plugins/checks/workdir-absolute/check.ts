import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { BuildSaid, knownWords, stepsOf } from "../shared/build-said.ts";

export const workdirAbsolute: CheckOf<ImageBuild> = {
  id: "workdir-absolute",
  title: "the working folder is a whole path, and none of the system's",
  severity: "low",
  why: "where a relative path leads depends on the base, so files can land where programs or settings are",
  fix: "write a path that begins with a slash, as WORKDIR /app",
  controls: [],
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [building("WORKDIR app"), building("WORKDIR /etc")],
    good: [building("WORKDIR /app"), building('WORKDIR "C:\\\\app"')],
  },
  versions: [
    {
      from: 0,
      run: (build) => {
        const said = new BuildSaid(build);
        for (const placed of stepsOf(build, "WORKDIR"))
          for (const { value, at } of knownWords(placed, said)) {
            const state = offence(value);
            if (state !== null) said.fault(placed.stage, at, state, { value });
          }
        return said.all;
      },
    },
  ],
};

const SYSTEM = /^\/(?:bin|boot|dev|etc|lib|lib64|proc|run|sbin|sys)\/?$/;

function offence(path: string): string | null {
  if (SYSTEM.test(path)) return `works in ${path}, a folder of the system`;
  return /^(?:[/\\]|[A-Za-z]:)/.test(path) ? null : `works in ${path}, wherever that is`;
}
