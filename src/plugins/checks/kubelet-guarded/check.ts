import type { Check } from "../../../stages/check/contract.ts";
import { componentFile, componentPod } from "../shared/component-examples.ts";
import {
  componentCheck,
  either,
  hasStrongCiphers,
  is,
  isAtLeast,
  isGateKept,
  isGiven,
  isIssued,
  isNoFlag,
  isNot,
  lasts,
  type OptionRule,
} from "../shared/option-rules.ts";

const RULES: readonly OptionRule[] = [
  {
    aspect: "anonymous",
    severity: "critical",
    cis: "4.2.1",
    attack: "T1609",
    ask: is("authentication.anonymous.enabled", "false"),
  },
  {
    aspect: "always-allow",
    severity: "critical",
    cis: "4.2.2",
    attack: "T1609",
    ask: isNot("authorization.mode", "AlwaysAllow"),
  },
  {
    aspect: "client-authority",
    severity: "high",
    cis: "4.2.3",
    ask: isGiven("authentication.x509.clientCAFile"),
  },
  {
    aspect: "read-only-port",
    severity: "critical",
    cis: "4.2.4",
    attack: "T1613",
    ask: is("readOnlyPort", "0"),
  },
  {
    aspect: "idle-streams",
    severity: "low",
    cis: "4.2.5",
    ask: lasts("streamingConnectionIdleTimeout"),
  },
  { aspect: "iptables", severity: "low", cis: "4.2.6", ask: is("makeIPTablesUtilChains", "true") },
  { aspect: "host-name", severity: "low", cis: "4.2.7", ask: isNoFlag("hostname-override") },
  { aspect: "events", severity: "low", cis: "4.2.8", ask: isAtLeast("eventRecordQPS", 0) },
  {
    aspect: "certificate",
    severity: "high",
    cis: "4.2.9",
    ask: either(isIssued("tlsCertFile", "tlsPrivateKeyFile"), is("serverTLSBootstrap", "true")),
  },
  {
    aspect: "client-rotation",
    severity: "high",
    cis: "4.2.10",
    ask: is("rotateCertificates", "true"),
  },
  {
    aspect: "server-rotation",
    severity: "high",
    cis: "4.2.11",
    ask: isGateKept("RotateKubeletServerCertificate"),
  },
  {
    aspect: "ciphers",
    severity: "medium",
    cis: "4.2.12",
    ask: hasStrongCiphers("tlsCipherSuites"),
  },
  { aspect: "processes", severity: "medium", cis: "4.2.13", ask: isAtLeast("podPidsLimit", 1) },
  { aspect: "seccomp", severity: "high", cis: "4.2.14", ask: is("seccompDefault", "true") },
];

const GOOD = {
  authentication: { x509: { clientCAFile: "/etc/kubernetes/pki/ca.crt" } },
  serverTLSBootstrap: true,
  rotateCertificates: true,
  tlsCipherSuites: ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
  podPidsLimit: 4096,
  seccompDefault: true,
};

const kubelet = (settings: Readonly<Record<string, unknown>>): typeof bare =>
  componentFile("KubeletConfiguration", settings);
const bare = componentFile("KubeletConfiguration", {});

export const kubeletGuarded: Check = {
  id: "kubelet-guarded",
  title: "the kubelet answers only those whom the API server knows, and confines what it starts",
  severity: "high",
  why: "who may ask a kubelet runs commands in every container of its node",
  fix: "set it in the kubelet's configuration file, and see that no drop-in file or flag sets it otherwise",
  controls: [],
  ...componentCheck("kubelet", RULES),
  examples: {
    bad: [
      bare,
      kubelet({
        ...GOOD,
        authentication: { ...GOOD.authentication, anonymous: { enabled: true } },
      }),
      kubelet({ ...GOOD, readOnlyPort: 10255 }),
      kubelet({ ...GOOD, featureGates: { RotateKubeletServerCertificate: false } }),
      kubelet({ ...GOOD, streamingConnectionIdleTimeout: "0s" }),
      componentPod("kubelet", ["--authorization-mode=AlwaysAllow"]),
    ],
    good: [kubelet(GOOD)],
  },
};
