// Options of Kubernetes' own programs, as data.
import type { ComponentName } from "../../model/component.ts";

/** Flags of which each use adds to the ones before it (pflag's StringSlice, MapStringBool); of all others the last one wins. */
export const GATHERING: ReadonlySet<string> = new Set([
  "authorization-mode",
  "disable-admission-plugins",
  "enable-admission-plugins",
  "feature-gates",
  "service-account-issuer",
  "service-account-key-file",
  "tls-cipher-suites",
]);

/** Flags that may stand without a value, and then are true: they never take the next word. */
export const SWITCHES: ReadonlySet<string> = new Set([
  "allow-privileged",
  "anonymous-auth",
  "auto-tls",
  "client-cert-auth",
  "fail-swap-on",
  "leader-elect",
  "make-iptables-util-chains",
  "peer-auto-tls",
  "peer-client-cert-auth",
  "profiling",
  "protect-kernel-defaults",
  "rotate-certificates",
  "rotate-server-certificates",
  "seccomp-default",
  "service-account-extend-token-expiration",
  "service-account-lookup",
  "use-service-account-credentials",
]);

/**
 * What a flag of the kubelet or of kube-proxy sets in its configuration.
 *
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/
 */
export const CONFIGURED: Readonly<Record<string, string>> = {
  "anonymous-auth": "authentication.anonymous.enabled",
  "authorization-mode": "authorization.mode",
  "client-ca-file": "authentication.x509.clientCAFile",
  "event-qps": "eventRecordQPS",
  "make-iptables-util-chains": "makeIPTablesUtilChains",
  "metrics-bind-address": "metricsBindAddress",
  "pod-max-pids": "podPidsLimit",
  "read-only-port": "readOnlyPort",
  "rotate-certificates": "rotateCertificates",
  "rotate-server-certificates": "serverTLSBootstrap",
  "seccomp-default": "seccompDefault",
  "streaming-connection-idle-timeout": "streamingConnectionIdleTimeout",
  "tls-cert-file": "tlsCertFile",
  "tls-cipher-suites": "tlsCipherSuites",
  "tls-private-key-file": "tlsPrivateKeyFile",
};

const SECURE_PORT = { "bind-address": "0.0.0.0", profiling: "true" };

/** What holds where neither a flag nor a file says anything: Kubernetes 1.20 to 1.36. */
export const DEFAULTS: Readonly<Record<ComponentName, Readonly<Record<string, string>>>> = {
  "kube-apiserver": {
    "anonymous-auth": "true",
    "authorization-mode": "AlwaysAllow",
    profiling: "true",
    "request-timeout": "1m0s",
    "service-account-extend-token-expiration": "true",
    "service-account-lookup": "true",
  },
  "kube-controller-manager": { ...SECURE_PORT, "use-service-account-credentials": "false" },
  "kube-scheduler": SECURE_PORT,
  etcd: {
    "auto-tls": "false",
    "client-cert-auth": "false",
    "peer-auto-tls": "false",
    "peer-client-cert-auth": "false",
  },
  kubelet: {
    "authentication.anonymous.enabled": "false",
    "authorization.mode": "Webhook",
    eventRecordQPS: "50",
    makeIPTablesUtilChains: "true",
    podPidsLimit: "-1",
    readOnlyPort: "0",
    rotateCertificates: "false",
    seccompDefault: "false",
    serverTLSBootstrap: "false",
    streamingConnectionIdleTimeout: "4h0m0s",
  },
  "kube-proxy": { metricsBindAddress: "127.0.0.1" },
};

/** What a kubelet without any configuration file has instead: its flags kept their old defaults. */
export const KUBELET_OF_FLAGS: Readonly<Record<string, string>> = {
  ...DEFAULTS.kubelet,
  "authentication.anonymous.enabled": "true",
  "authorization.mode": "AlwaysAllow",
  readOnlyPort: "10255",
};

/** Options that name a file which sets others: what it sets is not known without it. */
export const CONFIG_FILES: Readonly<Partial<Record<ComponentName, readonly string[]>>> = {
  "kube-scheduler": ["config"],
  etcd: ["config-file"],
  kubelet: ["config", "config-dir"],
  "kube-proxy": ["config"],
};
