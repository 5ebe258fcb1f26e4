// Who came by a credential that is meant for something else: what CIS Kubernetes asks for under 3.1.
import type { ApiRequest, AuditCredential } from "../../model/audit-event.ts";

/** A credential for which there is a better one. */
export interface OddCredential {
  readonly user: string;
  readonly credential: Exclude<AuditCredential, "pod-token">;
  /** Of CIS Kubernetes 1.12. */
  readonly control: string;
  readonly events: number;
}

export interface Credentials {
  /** By user, then by credential. */
  readonly odd: readonly OddCredential[];
  /** Whether any event tells of credentials at all. */
  readonly areTold: boolean;
}

const CONTROLS: Readonly<Record<OddCredential["credential"], string>> = {
  certificate: "3.1.1",
  "loose-token": "3.1.2",
  "bootstrap-token": "3.1.3",
};
const USERS_MAX = 20_000;

/** Gathers them, event by event. */
export class CredentialGathering {
  readonly #found = new Map<
    string,
    { readonly user: string; readonly credential: OddCredential["credential"]; events: number }
  >();
  #areTold = false;

  /** @param user Who came, whoever was impersonated then. */
  add(user: string, credential: AuditCredential | null, request: ApiRequest): void {
    if (credential === null) return;
    this.#areTold ||= credential !== "bootstrap-token";
    if (credential === "pod-token" || isMeantSo(user, credential, request)) return;
    const key = `${user}\n${credential}`;
    const one = this.#found.get(key);
    if (one !== undefined) one.events += 1;
    else if (this.#found.size < USERS_MAX) this.#found.set(key, { user, credential, events: 1 });
  }

  credentials(): Credentials {
    const odd = [...this.#found.values()]
      .map((one): OddCredential => ({ ...one, control: CONTROLS[one.credential] }))
      .sort((a, b) => order(a.user, b.user) || order(a.credential, b.credential));
    return { odd, areTold: this.#areTold };
  }
}

/**
 * Who is known to have a certificate by how clusters are set up (kubeadm's PKI, konnectivity). Whoever signs chooses the name, so
 * that `system:` alone says nothing: `system:admin` is somebody.
 */
const COMPONENTS: ReadonlySet<string> = new Set([
  "system:apiserver",
  "system:cloud-controller-manager",
  "system:konnectivity-server",
  "system:kube-apiserver",
  "system:kube-controller-manager",
  "system:kube-proxy",
  "system:kube-scheduler",
]);

/** Programs of the cluster have certificates, and a node that joins asks for one. */
function isMeantSo(
  user: string,
  credential: OddCredential["credential"],
  { verb, resource }: ApiRequest,
): boolean {
  if (credential === "certificate") return COMPONENTS.has(user) || user.startsWith("system:node:");
  if (credential === "loose-token") return user.startsWith("system:serviceaccount:kube-system:");
  return READING.has(verb) || resource === "certificatesigningrequests";
}

const READING: ReadonlySet<string> = new Set(["get", "list", "watch"]);

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
