import type { EncryptionProvider, EncryptionRule } from "../../../model/cluster-object.ts";
import type { Check, Example } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

const KEYS = { keys: [{ name: "one", secret: "" }] };

export const encryptionCoversSecrets: Check = {
  id: "encryption-covers-secrets",
  title: "the API server encrypts secrets before it writes them to etcd",
  severity: "critical",
  why: "whoever has a copy of etcd, a backup or a disk, reads every password and token of the cluster",
  fix: "put kms with apiVersion v2, or secretbox, first among the providers of secrets, then write all secrets again",
  controls: controls({
    "cis-kubernetes-1.12": ["1.2.28"],
    "nsa-kubernetes": ["Secrets"],
    attack: ["T1552"],
  }),
  aspects: {
    plain: {},
    uncovered: {},
    // Its nonces repeat after some hundred thousand writes with one key.
    "aes-gcm": { severity: "medium" },
    "kms-first-version": { severity: "low" },
  },
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      encryption(["secrets"], { identity: {} }, { aescbc: KEYS }),
      encryption(["configmaps"], { secretbox: KEYS }),
      encryption(["secrets"], { aesgcm: KEYS }),
      encryption(["*.*"], { kms: { name: "a", endpoint: "unix:///a" } }),
    ],
    good: [
      encryption(["secrets"], { aescbc: KEYS }, { identity: {} }),
      encryption(["*."], { kms: { apiVersion: "v2", name: "a", endpoint: "unix:///a" } }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ encryption: rules, at, gaps }) => {
        if (rules === null) return "not-applicable";
        const said = new Said();
        // The first rule for a resource counts, and its first provider writes.
        const rule = rules.find(({ resources }) => resources.some((name) => SECRETS.has(name)));
        const [writes] = rule?.providers ?? [];
        if (rule !== undefined && writes !== undefined) judge(said, rule, writes);
        // What was not read is unknown by the gap that says so.
        if (rule === undefined && gaps.length === 0)
          said.fault(`${at}/resources`, "names no secrets", { aspect: "uncovered" });
        return said.all;
      },
    },
  ],
};

/** By its name, by all of the core group, and by everything. */
const SECRETS: ReadonlySet<string> = new Set(["secrets", "secrets.", "*.", "*.*"]);

function judge(said: Said, { providers }: EncryptionRule, writes: EncryptionProvider): void {
  const { at, name, version } = writes;
  if (name === "identity") {
    const rest = providers.length > 1 ? ", and the others only read what is old" : "";
    said.fault(at, `writes secrets as they are: identity is the first provider${rest}`, {
      aspect: "plain",
    });
  }
  if (name === "aesgcm")
    said.fault(at, "encrypts secrets with aesgcm, which is safe only while its key changes often", {
      aspect: "aes-gcm",
    });
  if (name === "kms" && version === "v1")
    said.fault(
      at,
      "encrypts secrets with kms in its first version, which Kubernetes has given up",
      {
        aspect: "kms-first-version",
      },
    );
}

function encryption(resources: readonly string[], ...providers: readonly object[]): Example {
  return kubernetesObject("apiserver.config.k8s.io/v1", "EncryptionConfiguration", {
    resources: [{ resources, providers }],
  });
}
