import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";
import { isSecret } from "../shared/secret.ts";

export const noSecretsInSettings: Check = {
  id: "no-secrets-in-settings",
  title: "no secret stands in a ConfigMap",
  severity: "high",
  why: "settings are read by many more than secrets are: they are not encrypted at rest, and roles that may read them are given freely",
  fix: "put the value into a Secret, or better a store of secrets, and change the one that was written here",
  controls: controls({ "nsa-kubernetes": ["Secrets"], attack: ["T1552.001"] }),
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      kubernetesObject("v1", "ConfigMap", { data: { db_password: "hunter2" } }),
      kubernetesObject("v1", "ConfigMap", {
        data: { "app.env": "A=1\nREDIS_PASSWORD=abcd1234\n" },
      }),
      kubernetesObject("v1", "ConfigMap", { data: { key: "-----BEGIN PRIVATE KEY-----\nx" } }),
    ],
    good: [
      kubernetesObject("v1", "ConfigMap", { data: { db_user: "app" } }),
      kubernetesObject("v1", "ConfigMap", {
        data: { "app.env": "REDIS_PASSWORD=${REDIS_PASSWORD}\nTOKEN=\n" },
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ settings }) => {
        if (settings === null) return "not-applicable";
        const said = new Said();
        for (const { name, value } of settings) {
          if (value.state !== "known") {
            said.of(null, value, () => null);
            continue;
          }
          const found = isSecret(name, value.value) ? name : secretLine(value.value);
          if (found !== null)
            said.fault(
              value.at,
              found === name ? `holds a secret in ${name}` : `holds a secret, ${found}, in ${name}`,
            );
        }
        return said.all;
      },
    },
  ],
};

const LINES_MAX = 5000;

/** The name of the first secret in the lines of a file of settings. */
function secretLine(text: string): string | null {
  for (const line of text.split("\n", LINES_MAX)) {
    const [, name = "", value = ""] =
      /^\s*(?:export\s+|-\s+)?["']?([\w.-]{1,80})["']?\s*[=:]\s*["']?([^"'\r]{0,500})/.exec(
        line.slice(0, 700),
      ) ?? [];
    if (name !== "" && isSecret(name, value)) return name;
  }
  return null;
}
