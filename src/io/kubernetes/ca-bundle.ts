// Whom the API server believes when it asks our webhooks: kept equal to what we are vouched for by.
import type { PatchOperation } from "../../model/admission-review.ts";
import type { ClusterApi } from "./api.ts";

/** The two kinds of configurations, as the API's paths name them. */
export const WEBHOOK_KINDS = [
  "validatingwebhookconfigurations",
  "mutatingwebhookconfigurations",
] as const;

/** `absent`: there is no configuration of the name. */
export type Bundled = "same" | "changed" | "conflict" | "absent";

/**
 * Makes every webhook of a configuration believe these authorities.
 *
 * @param bundle PEM.
 * @throws {AppError} `cluster-failed`.
 */
export async function keepCaBundle(
  api: ClusterApi,
  { kind, name }: { readonly kind: (typeof WEBHOOK_KINDS)[number]; readonly name: string },
  bundle: string,
): Promise<Bundled> {
  const path = `/apis/admissionregistration.k8s.io/v1/${kind}/${name}`;
  const configuration = await api.read(path);
  if (configuration === null) return "absent";
  const value = Buffer.from(bundle).toString("base64");
  const webhooks = listOf(configuration["webhooks"]);
  const operations = webhooks.flatMap((webhook, i): PatchOperation[] => {
    const client = objectOf(objectOf(webhook)["clientConfig"]);
    if (client["caBundle"] === value) return [];
    return [{ op: "add", path: `/webhooks/${i}/clientConfig/caBundle`, value }];
  });
  if (operations.length === 0) return "same";
  const version = objectOf(configuration["metadata"])["resourceVersion"];
  const isStill = { op: "test", path: "/metadata/resourceVersion", value: version } as const;
  return api.patch(path, [isStill, ...operations]);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
