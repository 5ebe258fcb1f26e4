import type { Fact } from "../../../kit/fact.ts";
import type { Container, EnvironmentVariable } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { podOf } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";
import { isSecret, isSecretName } from "../shared/secret.ts";

export const noPlainSecretsInEnv: Check = {
  id: "no-plain-secrets-in-env",
  title: "no secret is written into a variable or an argument",
  severity: "high",
  why: "whoever reads the file, the object or the container's environment has the secret, and so has every copy of them",
  fix: "refer to a secret of the platform (secretKeyRef, Compose's secrets, Podman's secrets) and change the one that was written here",
  controls: controls({
    "cis-docker-1.6": ["4.10"],
    "nsa-kubernetes": ["Secrets"],
    attack: ["T1552.001", "T1552.007"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podOf({ env: [{ name: "DB_PASSWORD", value: "hunter2" }] }),
      podOf({ args: ["--db-password=hunter2"] }),
      {
        format: "compose",
        document: { services: { app: { build: { context: ".", args: { NPM_TOKEN: "a1b2c3" } } } } },
      },
      podOf({ env: [{ name: "DSN", value: "postgres://app:hunter2@db:5432/app" }] }),
      {
        format: "compose",
        document: { services: { app: { image: "app", environment: ["API_TOKEN=0123abcd"] } } },
      },
      {
        format: "engine",
        document: { Image: "app", Env: ["AWS_SECRET_ACCESS_KEY=abc/def"], HostConfig: {} },
      },
    ],
    good: [
      podOf({
        env: [{ name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "p" } } }],
      }),
      podOf({ env: [{ name: "DB_PASSWORD_FILE", value: "/run/secrets/db" }] }),
      podOf({
        env: [
          { name: "TOKEN", value: "$(OTHER)" },
          { name: "USE_TOKEN", value: "true" },
        ],
      }),
      {
        format: "compose",
        document: {
          services: { app: { image: "app", environment: { DB_PASSWORD: "${DB_PASSWORD}" } } },
        },
      },
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ containers }) => {
        const said = new Said();
        for (const container of containers) {
          judge(said, container, container.environment, "environment variable");
          judge(said, container, container.buildArguments, "build argument");
          for (const word of container.command) judgeWord(said, container, word);
        }
        return said.all;
      },
    },
  ],
};

function judge(
  said: Said,
  container: Container,
  variables: readonly EnvironmentVariable[],
  what: string,
): void {
  for (const { name, value } of variables) {
    if (value.state === "unknown" && isSecretName(name)) said.of(container, value, () => null);
    if (value.state === "known" && isSecret(name, value.value))
      said.secret(container, value.at, `has a secret in its ${what} ${name}`);
  }
}

/** `--password=VALUE`. */
function judgeWord(said: Said, container: Container, word: Fact<string>): void {
  if (word.state !== "known") return;
  const [, name = "", value = ""] = /^--?([\w.-]{2,60})=(.{1,500})$/.exec(word.value) ?? [];
  if (name !== "" && isSecret(name, value))
    said.secret(container, word.at, `has a secret in its argument --${name}`);
}
