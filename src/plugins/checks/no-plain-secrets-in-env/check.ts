import type { Check } from "../../../stages/check/contract.ts";
import { podOf } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noPlainSecretsInEnv: Check = {
  id: "no-plain-secrets-in-env",
  title: "no secret is written into an environment variable",
  severity: "high",
  why: "whoever reads the file, the object or the container's environment has the secret, and so has every copy of them",
  fix: "refer to a secret of the platform (secretKeyRef, Compose's secrets) and change the one that was written here",
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
        for (const container of containers)
          for (const { name, value } of container.environment) {
            if (value.state === "unknown" && SECRET_NAME.test(name))
              said.of(container, value, () => null);
            if (value.state === "known" && isSecret(name, value.value))
              said.secret(container, value.at, `has a secret in its environment variable ${name}`);
          }
        return said.all;
      },
    },
  ],
};

const SECRET_NAME =
  /(?:^|[_.-])(?:password|passwd|passphrase|pwd|secret|token|api_?key|access_?key|private_?key|secret_?key|credentials?)$/i;

/** Where a value is to be found instead of the value itself: a path, a reference, a variable. */
const REFERENCE =
  /^(?:\/|\.{1,2}\/|\$|<|vault:|ref\+|secret:|arn:|projects\/|file:|op:\/\/|https?:\/\/[^@]*$)/;
const SETTING = /^(?:true|false|yes|no|on|off|none|null|\d{1,3})$/i;

/** Secrets that show by their form, whatever their name. */
const SECRET_FORM =
  /^(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|github_pat_\w{20}|glpat-[\w-]{20}|xox[abprs]-\w|sk_live_\w|-----BEGIN [A-Z ]{0,30}PRIVATE KEY)|^[a-z][a-z0-9+.-]{1,20}:\/\/[^/@:\s]{0,100}:[^/@\s$<{]{1,200}@/;

function isSecret(name: string, value: string): boolean {
  const text = value.slice(0, 500).trim();
  if (SECRET_FORM.test(text)) return true;
  return text !== "" && SECRET_NAME.test(name) && !REFERENCE.test(text) && !SETTING.test(text);
}
