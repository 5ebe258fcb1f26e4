// By which credential somebody came, as far as an event tells.
// Sources: k8s.io/apiserver, authenticators x509, token/jwt and bootstrap; `authentication.kubernetes.io/credential-id` is told of
// service accounts since Kubernetes 1.30, and of certificates since 1.32.
import type { AuditCredential } from "../model/audit-event.ts";
import { type JsonObject, object, texts } from "./json-object.ts";

const CREDENTIAL = "authentication.kubernetes.io/credential-id";
const POD = "authentication.kubernetes.io/pod-name";
const NODE = "authentication.kubernetes.io/node-name";

/** null where it does not tell. @param name Of the user, before anybody was impersonated. */
export function credentialOf(user: JsonObject | null, name: string): AuditCredential | null {
  if (name.startsWith("system:bootstrap:")) return "bootstrap-token";
  const extra = object(user, "extra");
  const [id = ""] = texts(extra, CREDENTIAL);
  if (id.startsWith("X509SHA256=")) return "certificate";
  if (!name.startsWith("system:serviceaccount:") || !id.startsWith("JTI=")) return null;
  const isBound = texts(extra, POD).length + texts(extra, NODE).length > 0;
  return isBound ? "pod-token" : "loose-token";
}
