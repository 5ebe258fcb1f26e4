import type { BuildVariable, ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building, image } from "../shared/build-examples.ts";
import {
  BuildSaid,
  commandsOf,
  type PlacedCommand,
  type PlacedStep,
  stepsOf,
} from "../shared/build-said.ts";
import { isCredentialFile } from "../shared/credential-file.ts";
import { controls } from "../shared/said.ts";
import { isSecret, isSecretName } from "../shared/secret.ts";

export const noSecretsInBuild: CheckOf<ImageBuild> = {
  id: "no-secrets-in-build",
  title: "no secret gets into an image while it is built",
  severity: "critical",
  why: "whoever can pull the image has every layer, variable and build argument of it, also those that later steps remove",
  fix: "use RUN --mount=type=secret for what the build needs and the platform's secrets for what runs, and change the secret that was here",
  controls: controls({ "cis-docker-1.6": ["4.10"], attack: ["T1552.001"] }),
  aspects: { argument: { severity: "high" }, file: { severity: "high" } },
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      image({ Env: ["API_TOKEN=0123abcd"] }),
      image({}, "RUN |1 NPM_TOKEN=0123abcd /bin/sh -c npm ci # buildkit"),
      building("ENV DB_PASSWORD=hunter2"),
      building("ARG NPM_TOKEN", "RUN npm ci"),
      building("COPY id_rsa /root/.ssh/"),
      building("RUN API_TOKEN=0123abcd ./fetch"),
      building("RUN git clone https://bot:hunter2@git.example/app.git"),
    ],
    good: [
      building("ENV DB_PASSWORD_FILE=/run/secrets/db"),
      building("RUN --mount=type=secret,id=token NPM_TOKEN=$(cat /run/secrets/token) npm ci"),
      building("COPY id_rsa.pub /app/.ssh/authorized_keys"),
    ],
  },
  versions: [{ from: 0, run }],
};

function run(build: ImageBuild): BuildSaid["all"] {
  const said = new BuildSaid(build);
  for (const placed of stepsOf(build, "ENV", "ARG", "LABEL"))
    for (const variable of placed.step.assigns) assigned(placed, variable, said);
  for (const placed of stepsOf(build, "COPY", "ADD")) copied(placed, said);
  for (const placed of commandsOf(build, said)) ran(placed, said);
  return said.all;
}

function ran({ stage, command }: PlacedCommand, said: BuildSaid): void {
  const { name, words, variables } = command;
  for (const variable of [...variables, ...exported(name, words)])
    if (variable.value.isStatic && isSecret(variable.name, variable.value.value))
      said.fault(stage, variable.value.at, `has a secret in its variable ${variable.name}`);
  for (const { value, at } of words)
    if (isSecret("", value)) said.fault(stage, at, `has a secret in a word of ${name}`);
}

function assigned(
  { stage, step: { keyword } }: PlacedStep,
  { name, value, at }: BuildVariable,
  said: BuildSaid,
): void {
  if (value === null) {
    const isArgument = keyword === "ARG" && isSecretName(name);
    const state = `takes a secret as build argument ${name}, which its history keeps`;
    if (isArgument) said.fault(stage, at, state, { aspect: "argument" });
  } else if (isSecret(name, value.value))
    said.fault(stage, at, `has a secret in its ${NOUNS[keyword] ?? keyword} ${name}`);
}

const NOUNS: Readonly<Record<string, string>> = {
  ARG: "build argument",
  ENV: "environment variable",
  LABEL: "label",
};

function copied({ stage, step }: PlacedStep, said: BuildSaid): void {
  for (const { value, at } of step.words.slice(0, -1))
    if (isCredentialFile(value))
      said.fault(stage, at, `copies ${value}, a file with secrets`, { value, aspect: "file" });
}

/** `export A=b`. */
function exported(
  name: string | null,
  words: readonly { value: string; isStatic: boolean; at: string }[],
): { name: string; value: { value: string; isStatic: boolean; at: string } }[] {
  if (name !== "export") return [];
  return words.flatMap((word) => {
    const [, variable, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word.value) ?? [];
    return variable === undefined
      ? []
      : [{ name: variable, value: { ...word, value: value ?? "" } }];
  });
}
