/** Where ways through a cluster are looked for: the ends that matter. */
export const ACCESS_TARGETS = ["cluster-admin", "node-root", "secrets"] as const;

export type AccessTarget = (typeof ACCESS_TARGETS)[number];
