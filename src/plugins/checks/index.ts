import type { Check } from "../../stages/check/contract.ts";
import { actionPinnedByCommit } from "./action-pinned-by-commit/check.ts";
import { appArmorKept } from "./app-armor-kept/check.ts";
import { dropAllCapabilities } from "./drop-all-capabilities/check.ts";
import { imagePinnedByDigest } from "./image-pinned-by-digest/check.ts";
import { leastTokenPermissions } from "./least-token-permissions/check.ts";
import { noAddedCapabilities } from "./no-added-capabilities/check.ts";
import { noDockerSocket } from "./no-docker-socket/check.ts";
import { noHostNamespaces } from "./no-host-namespaces/check.ts";
import { noHostPath } from "./no-host-path/check.ts";
import { noHostPorts } from "./no-host-ports/check.ts";
import { noHostProbes } from "./no-host-probes/check.ts";
import { noInheritedSecrets } from "./no-inherited-secrets/check.ts";
import { noLatestTag } from "./no-latest-tag/check.ts";
import { noPlainSecretsInEnv } from "./no-plain-secrets-in-env/check.ts";
import { noPrivilegeEscalation } from "./no-privilege-escalation/check.ts";
import { noPrivileged } from "./no-privileged/check.ts";
import { noScriptInjection } from "./no-script-injection/check.ts";
import { noSensitiveHostPath } from "./no-sensitive-host-path/check.ts";
import { noUntrustedCheckout } from "./no-untrusted-checkout/check.ts";
import { noUploadedCredentials } from "./no-uploaded-credentials/check.ts";
import { noWindowsHostProcess } from "./no-windows-host-process/check.ts";
import { procMountAlwaysDefault } from "./proc-mount-always-default/check.ts";
import { procMountDefault } from "./proc-mount-default/check.ts";
import { restrictedVolumes } from "./restricted-volumes/check.ts";
import { runAsNonRoot } from "./run-as-non-root/check.ts";
import { runAsUserNotRoot } from "./run-as-user-not-root/check.ts";
import { safeSysctls } from "./safe-sysctls/check.ts";
import { seLinuxUsual } from "./se-linux-usual/check.ts";
import { seccompKept } from "./seccomp-kept/check.ts";
import { seccompSet } from "./seccomp-set/check.ts";

/** Every check, in alphabetical order of ids. To add one: a folder, and one import and one entry here. */
export const checks: readonly Check[] = [
  actionPinnedByCommit,
  appArmorKept,
  dropAllCapabilities,
  imagePinnedByDigest,
  leastTokenPermissions,
  noAddedCapabilities,
  noDockerSocket,
  noHostNamespaces,
  noHostPath,
  noHostPorts,
  noHostProbes,
  noInheritedSecrets,
  noLatestTag,
  noPlainSecretsInEnv,
  noPrivilegeEscalation,
  noPrivileged,
  noScriptInjection,
  noSensitiveHostPath,
  noUntrustedCheckout,
  noUploadedCredentials,
  noWindowsHostProcess,
  procMountAlwaysDefault,
  procMountDefault,
  restrictedVolumes,
  runAsNonRoot,
  runAsUserNotRoot,
  safeSysctls,
  seLinuxUsual,
  seccompKept,
  seccompSet,
];
