import { cleanPath } from "../../../kit/host-path.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { pod } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noCloudCredentials: Check = {
  id: "no-cloud-credentials",
  title: "no credentials of a cloud are mounted from the host",
  severity: "high",
  why: "the node's credentials allow far more than the workload was meant to do, and work from anywhere",
  fix: "remove the mount, and give the workload an identity of its own (workload identity, IRSA, pod identity)",
  controls: controls({ attack: ["T1552.001", "T1078.004"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      pod({ volumes: [{ name: "c", hostPath: { path: "/root/.aws" } }] }),
      pod({ volumes: [{ name: "c", hostPath: { path: "/etc/kubernetes/azure.json" } }] }),
      {
        format: "compose",
        document: {
          services: { app: { image: "app:1.2", volumes: ["~/.config/gcloud:/gcloud:ro"] } },
        },
      },
    ],
    good: [pod({ volumes: [{ name: "c", hostPath: { path: "/srv/aws" } }] })],
  },
  versions: [
    {
      from: 0,
      run: ({ volumes }) => {
        const said = new Said();
        for (const { hostPath } of volumes)
          said.of(null, hostPath, (path) =>
            CREDENTIALS.test(`${cleanPath(path)}/`)
              ? `mounts ${path} with the credentials of a cloud`
              : null,
          );
        return said.all;
      },
    },
  ],
};

const CREDENTIALS =
  /\/\.aws\/(?:$|config\/$|credentials\/$)|\/\.azure\/|\/(?:etc\/kubernetes|var\/lib\/azure)\/azure\.json\/$|\/\.config\/gcloud\/|\/gcloud\/application_default_credentials\.json\/$|\/(?:service-account|gcp|google)[^/]*\.json\/$/;
