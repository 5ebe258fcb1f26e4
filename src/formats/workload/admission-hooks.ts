// Programs that the API server asks before it lets something in.
// Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
import { type Fact, known } from "../../kit/fact.ts";
import type { AdmissionHook } from "../../model/admission-hook.ts";
import {
  type Gaps,
  itemsAt,
  nameAt,
  type Place,
  placeAt,
  placesAt,
  textAt,
  textsAt,
} from "./facts.ts";

/** What each says of its webhooks; null for any other kind. */
export function admissionHooksOf(
  { kind, version }: { readonly kind: string; readonly version: string },
  place: Place,
  gaps: Gaps,
): AdmissionHook[] | null {
  const role = ROLES.get(kind);
  if (role === undefined) return null;
  return placesAt(place, "webhooks", gaps).map((hook) => {
    const service = placeAt(placeAt(hook, "clientConfig", gaps), "service", gaps);
    return {
      at: hook.at,
      name: nameAt(hook, "name"),
      role,
      failurePolicy: failurePolicyOf(hook, version),
      rules: placesAt(hook, "rules", gaps).map((rule) => ({
        groups: textsOf(rule, "apiGroups", gaps),
        resources: textsOf(rule, "resources", gaps),
        operations: textsOf(rule, "operations", gaps),
        scope: nameAt(rule, "scope") || "*",
      })),
      namespace: nameAt(service, "namespace") || null,
      namespaces: hook.value?.["namespaceSelector"] ?? null,
      objects: hook.value?.["objectSelector"] ?? null,
      hasConditions: itemsAt(hook, "matchConditions", gaps).length > 0,
      exempt: exemptOf(placeAt(hook, "namespaceSelector", gaps), gaps),
    };
  });
}

const ROLES: ReadonlyMap<string, AdmissionHook["role"]> = new Map([
  ["MutatingWebhookConfiguration", "changes"],
  ["ValidatingWebhookConfiguration", "judges"],
]);

/** Version 1 fails closed by default, and those before it did not. */
function failurePolicyOf(hook: Place, version: string): Fact<string> {
  const fact = textAt(hook, "failurePolicy");
  if (fact.state !== "absent") return fact;
  return known(version.endsWith("/v1") ? "Fail" : "Ignore", hook.at);
}

function textsOf(place: Place, name: string, gaps: Gaps): string[] {
  return textsAt(place, name).flatMap((fact) => {
    if (fact.state === "unknown") gaps.push(fact);
    return fact.state === "known" ? fact.value : [];
  });
}

/** Namespaces that the selector leaves out by their names. */
function exemptOf(selector: Place, gaps: Gaps): AdmissionHook["exempt"] {
  return placesAt(selector, "matchExpressions", gaps)
    .filter((one) => nameAt(one, "key") === NAME && nameAt(one, "operator") === "NotIn")
    .flatMap((one) =>
      textsAt(one, "values").flatMap((fact) =>
        fact.state === "known" ? [{ name: fact.value, at: fact.at }] : [],
      ),
    );
}

/** The label that the API server itself gives each namespace. */
const NAME = "kubernetes.io/metadata.name";
