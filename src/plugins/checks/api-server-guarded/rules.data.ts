import { admits, hasStrongCiphers, is, isAtLeast, isGiven, isNotGiven, isUnlessFile, lasts, lists, listsNot, type OptionRule } from "../shared/option-rules.ts";

const MODES = "authorization-mode";
const MODES_FILE = "authorization-config";

/** By the numbers of the CIS Kubernetes Benchmark. */
export const apiServerRules: readonly OptionRule[] = [
  {
    aspect: "anonymous",
    severity: "critical",
    cis: "1.2.1",
    attack: "T1133",
    ask: isUnlessFile("anonymous-auth", "false", "authentication-config"),
  },
  { aspect: "token-file", severity: "high", cis: "1.2.2", ask: isNotGiven("token-auth-file") },
  {
    aspect: "external-addresses",
    severity: "high",
    cis: "1.2.3",
    ask: admits("DenyServiceExternalIPs"),
  },
  {
    aspect: "kubelet-client",
    severity: "high",
    cis: "1.2.4",
    ask: isGiven("kubelet-client-certificate", "kubelet-client-key"),
  },
  {
    aspect: "kubelet-authority",
    severity: "high",
    cis: "1.2.5",
    ask: isGiven("kubelet-certificate-authority"),
  },
  {
    aspect: "always-allow",
    severity: "critical",
    cis: "1.2.6",
    attack: "T1078",
    ask: listsNot(MODES, "AlwaysAllow", MODES_FILE),
  },
  { aspect: "node", severity: "high", cis: "1.2.7", ask: lists(MODES, "Node", MODES_FILE) },
  {
    aspect: "rbac",
    severity: "critical",
    cis: "1.2.8",
    attack: "T1078",
    ask: lists(MODES, "RBAC", MODES_FILE),
  },
  { aspect: "event-rate", severity: "low", cis: "1.2.9", ask: admits("EventRateLimit") },
  {
    aspect: "always-admit",
    severity: "critical",
    cis: "1.2.10",
    attack: "T1133",
    ask: listsNot("enable-admission-plugins", "AlwaysAdmit"),
  },
  { aspect: "always-pull", severity: "low", cis: "1.2.11", ask: admits("AlwaysPullImages") },
  { aspect: "accounts", severity: "high", cis: "1.2.12", ask: admits("ServiceAccount", true) },
  { aspect: "lifecycle", severity: "high", cis: "1.2.13", ask: admits("NamespaceLifecycle", true) },
  {
    aspect: "node-restriction",
    severity: "high",
    cis: "1.2.14",
    attack: "T1078",
    ask: admits("NodeRestriction"),
  },
  { aspect: "profiling", severity: "low", cis: "1.2.15", ask: is("profiling", "false") },
  { aspect: "audit-log", severity: "high", cis: "1.2.16", ask: isGiven("audit-log-path") },
  { aspect: "audit-age", severity: "low", cis: "1.2.17", ask: isAtLeast("audit-log-maxage", 30) },
  {
    aspect: "audit-backups",
    severity: "low",
    cis: "1.2.18",
    ask: isAtLeast("audit-log-maxbackup", 10),
  },
  {
    aspect: "audit-size",
    severity: "low",
    cis: "1.2.19",
    ask: isAtLeast("audit-log-maxsize", 100),
  },
  { aspect: "timeout", severity: "low", cis: "1.2.20", ask: lasts("request-timeout", 300) },
  {
    aspect: "account-lookup",
    severity: "medium",
    cis: "1.2.21",
    ask: is("service-account-lookup", "true"),
  },
  {
    aspect: "account-key",
    severity: "high",
    cis: "1.2.22",
    ask: isGiven("service-account-key-file"),
  },
  {
    aspect: "etcd-client",
    severity: "high",
    cis: "1.2.23",
    ask: isGiven("etcd-certfile", "etcd-keyfile"),
  },
  {
    aspect: "certificate",
    severity: "high",
    cis: "1.2.24",
    ask: isGiven("tls-cert-file", "tls-private-key-file"),
  },
  { aspect: "client-authority", severity: "high", cis: "1.2.25", ask: isGiven("client-ca-file") },
  { aspect: "etcd-authority", severity: "high", cis: "1.2.26", ask: isGiven("etcd-cafile") },
  {
    aspect: "encryption",
    severity: "critical",
    cis: "1.2.27",
    attack: "T1552",
    ask: isGiven("encryption-provider-config"),
  },
  {
    aspect: "ciphers",
    severity: "medium",
    cis: "1.2.29",
    ask: hasStrongCiphers("tls-cipher-suites"),
  },
  {
    aspect: "token-age",
    severity: "low",
    cis: "1.2.30",
    ask: is("service-account-extend-token-expiration", "false"),
  },
  { aspect: "audit-policy", severity: "high", cis: "3.2.1", ask: isGiven("audit-policy-file") },
];
