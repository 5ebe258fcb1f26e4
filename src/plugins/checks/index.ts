import type { Check } from "../../stages/check/contract.ts";
import { actionPinnedByCommit } from "./action-pinned-by-commit/check.ts";
import { admissionFailsClosed } from "./admission-fails-closed/check.ts";
import { apiEndpointNarrow } from "./api-endpoint-narrow/check.ts";
import { apiServerGuarded } from "./api-server-guarded/check.ts";
import { apiVersionServed } from "./api-version-served/check.ts";
import { appArmorKept } from "./app-armor-kept/check.ts";
import { appArmorSet } from "./app-armor-set/check.ts";
import { auditPolicyCovers } from "./audit-policy-covers/check.ts";
import { auditRulesSet } from "./audit-rules-set/check.ts";
import { authorizationPluginSet } from "./authorization-plugin-set/check.ts";
import { baseImageKnown } from "./base-image-known/check.ts";
import { baseImageNotLatest } from "./base-image-not-latest/check.ts";
import { baseImagePinned } from "./base-image-pinned/check.ts";
import { boundToSomebody } from "./bound-to-somebody/check.ts";
import { bridgeIsolated } from "./bridge-isolated/check.ts";
import { buildConfined } from "./build-confined/check.ts";
import { cgroupParentDefault } from "./cgroup-parent-default/check.ts";
import { containerdConfined } from "./containerd-confined/check.ts";
import { containersOwnPartition } from "./containers-own-partition/check.ts";
import { contextFiltered } from "./context-filtered/check.ts";
import { controllerManagerGuarded } from "./controller-manager-guarded/check.ts";
import { copyInsteadOfAdd } from "./copy-instead-of-add/check.ts";
import { daemonKeepsFirewall } from "./daemon-keeps-firewall/check.ts";
import { daemonLiveRestore } from "./daemon-live-restore/check.ts";
import { daemonLogsKept } from "./daemon-logs-kept/check.ts";
import { daemonNoNewPrivileges } from "./daemon-no-new-privileges/check.ts";
import { daemonSeccompKept } from "./daemon-seccomp-kept/check.ts";
import { daemonSetWithinNode } from "./daemon-set-within-node/check.ts";
import { daemonTcpAuthenticated } from "./daemon-tcp-authenticated/check.ts";
import { daemonWithoutRoot } from "./daemon-without-root/check.ts";
import { dashboardRolesOwn } from "./dashboard-roles-own/check.ts";
import { datastoreNamespaceClosed } from "./datastore-namespace-closed/check.ts";
import { datastoreNetworkApart } from "./datastore-network-apart/check.ts";
import { declaredIsRunning } from "./declared-is-running/check.ts";
import { defaultNamespaceUnused } from "./default-namespace-unused/check.ts";
import { defaultUlimitsSet } from "./default-ulimits-set/check.ts";
import { dockerGroupTrusted } from "./docker-group-trusted/check.ts";
import { dropAllCapabilities } from "./drop-all-capabilities/check.ts";
import { dropNetRaw } from "./drop-net-raw/check.ts";
import { encryptionCoversSecrets } from "./encryption-covers-secrets/check.ts";
import { endpointsOfPods } from "./endpoints-of-pods/check.ts";
import { engineFilesOwned } from "./engine-files-owned/check.ts";
import { engineRootless } from "./engine-rootless/check.ts";
import { engineSocketGuarded } from "./engine-socket-guarded/check.ts";
import { engineWithoutKnownFlaws } from "./engine-without-known-flaws/check.ts";
import { etcdApart } from "./etcd-apart/check.ts";
import { etcdGuarded } from "./etcd-guarded/check.ts";
import { gatheredRoleHarmless } from "./gathered-role-harmless/check.ts";
import { grantsLeadSomewhere } from "./grants-lead-somewhere/check.ts";
import { imageDigestWhole } from "./image-digest-whole/check.ts";
import { imageFromAllowedRegistry } from "./image-from-allowed-registry/check.ts";
import { imageHasHealthcheck } from "./image-has-healthcheck/check.ts";
import { imageNamesRegistry } from "./image-names-registry/check.ts";
import { imagePinnedByDigest } from "./image-pinned-by-digest/check.ts";
import { imageUserNotRoot } from "./image-user-not-root/check.ts";
import { imageUserNumeric } from "./image-user-numeric/check.ts";
import { imagesVouchedAtAdmission } from "./images-vouched-at-admission/check.ts";
import { ingressAnnotationsInert } from "./ingress-annotations-inert/check.ts";
import { ingressControllerMaintained } from "./ingress-controller-maintained/check.ts";
import { ingressEncrypted } from "./ingress-encrypted/check.ts";
import { ingressHidesConsoles } from "./ingress-hides-consoles/check.ts";
import { ingressNamesHosts } from "./ingress-names-hosts/check.ts";
import { kernelHardened } from "./kernel-hardened/check.ts";
import { kubeProxyInside } from "./kube-proxy-inside/check.ts";
import { kubeletGuarded } from "./kubelet-guarded/check.ts";
import { leastGrants } from "./least-grants/check.ts";
import { leastTokenPermissions } from "./least-token-permissions/check.ts";
import { namespaceAdmitsChecked } from "./namespace-admits-checked/check.ts";
import { namespacePoliced } from "./namespace-policed/check.ts";
import { networkPoliciesEnforced } from "./network-policies-enforced/check.ts";
import { networkPolicyNarrow } from "./network-policy-narrow/check.ts";
import { noAddedCapabilities } from "./no-added-capabilities/check.ts";
import { noAttackTools } from "./no-attack-tools/check.ts";
import { noBlindUpdates } from "./no-blind-updates/check.ts";
import { noCacheInRelease } from "./no-cache-in-release/check.ts";
import { noCloudCredentials } from "./no-cloud-credentials/check.ts";
import { noClusterAdmin } from "./no-cluster-admin/check.ts";
import { noClusterAdminTools } from "./no-cluster-admin-tools/check.ts";
import { noCompromisedAction } from "./no-compromised-action/check.ts";
import { noDebugTrace } from "./no-debug-trace/check.ts";
import { noDevices } from "./no-devices/check.ts";
import { noDockerInside } from "./no-docker-inside/check.ts";
import { noDockerSocket } from "./no-docker-socket/check.ts";
import { noDumpedSecrets } from "./no-dumped-secrets/check.ts";
import { noExperimentalDaemon } from "./no-experimental-daemon/check.ts";
import { noHostNamespaces } from "./no-host-namespaces/check.ts";
import { noHostPath } from "./no-host-path/check.ts";
import { noHostPorts } from "./no-host-ports/check.ts";
import { noHostProbes } from "./no-host-probes/check.ts";
import { noIgnoredScanner } from "./no-ignored-scanner/check.ts";
import { noIgnoredSettings } from "./no-ignored-settings/check.ts";
import { noInheritedSecrets } from "./no-inherited-secrets/check.ts";
import { noInsecureRegistry } from "./no-insecure-registry/check.ts";
import { noLastingTokens } from "./no-lasting-tokens/check.ts";
import { noLatestTag } from "./no-latest-tag/check.ts";
import { noMaintainer } from "./no-maintainer/check.ts";
import { noMovingTools } from "./no-moving-tools/check.ts";
import { noOpenDatastore } from "./no-open-datastore/check.ts";
import { noOwnRunnersForStrangers } from "./no-own-runners-for-strangers/check.ts";
import { noPasswordsSet } from "./no-passwords-set/check.ts";
import { noPipedScripts } from "./no-piped-scripts/check.ts";
import { noPipedScriptsInPipeline } from "./no-piped-scripts-in-pipeline/check.ts";
import { noPlainSecretsInEnv } from "./no-plain-secrets-in-env/check.ts";
import { noPlainSecretsInPipeline } from "./no-plain-secrets-in-pipeline/check.ts";
import { noPrintedSecrets } from "./no-printed-secrets/check.ts";
import { noPrivilegeEscalation } from "./no-privilege-escalation/check.ts";
import { noPrivileged } from "./no-privileged/check.ts";
import { noPrivilegedBuilds } from "./no-privileged-builds/check.ts";
import { noReaderOfCredentials } from "./no-reader-of-credentials/check.ts";
import { noRemoteShell } from "./no-remote-shell/check.ts";
import { noRootGroups } from "./no-root-groups/check.ts";
import { noScriptInjection } from "./no-script-injection/check.ts";
import { noSecretsInBuild } from "./no-secrets-in-build/check.ts";
import { noSecretsInScripts } from "./no-secrets-in-scripts/check.ts";
import { noSecretsInSettings } from "./no-secrets-in-settings/check.ts";
import { noSensitiveHostPath } from "./no-sensitive-host-path/check.ts";
import { noSetuidAdded } from "./no-setuid-added/check.ts";
import { noSharedMounts } from "./no-shared-mounts/check.ts";
import { noSharedProcesses } from "./no-shared-processes/check.ts";
import { noSpoofableCondition } from "./no-spoofable-condition/check.ts";
import { noSshBehindService } from "./no-ssh-behind-service/check.ts";
import { noSshServer } from "./no-ssh-server/check.ts";
import { noStrangersInEnvironment } from "./no-strangers-in-environment/check.ts";
import { noSudo } from "./no-sudo/check.ts";
import { noTakeoverBindings } from "./no-takeover-bindings/check.ts";
import { noTakeoverTokens } from "./no-takeover-tokens/check.ts";
import { noTillerService } from "./no-tiller-service/check.ts";
import { noUnfixedInclude } from "./no-unfixed-include/check.ts";
import { noUnsecureCommands } from "./no-unsecure-commands/check.ts";
import { noUntrustedCheckout } from "./no-untrusted-checkout/check.ts";
import { noUploadedCredentials } from "./no-uploaded-credentials/check.ts";
import { noUseraddLog } from "./no-useradd-log/check.ts";
import { noUserlandProxy } from "./no-userland-proxy/check.ts";
import { noWindowsHostProcess } from "./no-windows-host-process/check.ts";
import { noWorldWritableFiles } from "./no-world-writable-files/check.ts";
import { noWritableHostPath } from "./no-writable-host-path/check.ts";
import { nodeFilesOwned } from "./node-files-owned/check.ts";
import { oneDigestPerService } from "./one-digest-per-service/check.ts";
import { oneStartCommand } from "./one-start-command/check.ts";
import { overlayEncrypted } from "./overlay-encrypted/check.ts";
import { ownNamespace } from "./own-namespace/check.ts";
import { ownServiceAccount } from "./own-service-account/check.ts";
import { ownUserNamespace } from "./own-user-namespace/check.ts";
import { packageCacheCleaned } from "./package-cache-cleaned/check.ts";
import { packageIndexWithInstall } from "./package-index-with-install/check.ts";
import { packageVersionsPinned } from "./package-versions-pinned/check.ts";
import { packagesVerified } from "./packages-verified/check.ts";
import { pipelineImagePinned } from "./pipeline-image-pinned/check.ts";
import { podmanDefaultsKept } from "./podman-defaults-kept/check.ts";
import { podmanImagesVouched } from "./podman-images-vouched/check.ts";
import { portsExist } from "./ports-exist/check.ts";
import { procMountAlwaysDefault } from "./proc-mount-always-default/check.ts";
import { procMountDefault } from "./proc-mount-default/check.ts";
import { publishedOnOneAddress } from "./published-on-one-address/check.ts";
import { pullAlways } from "./pull-always/check.ts";
import { readOnlyRoot } from "./read-only-root/check.ts";
import { remoteAddVerified } from "./remote-add-verified/check.ts";
import { resourcesLimited } from "./resources-limited/check.ts";
import { restrictedVolumes } from "./restricted-volumes/check.ts";
import { routesSayWho } from "./routes-say-who/check.ts";
import { runAsNonRoot } from "./run-as-non-root/check.ts";
import { runAsUserNotRoot } from "./run-as-user-not-root/check.ts";
import { runningIsDeclared } from "./running-is-declared/check.ts";
import { runsAsDeclared } from "./runs-as-declared/check.ts";
import { safeSysctls } from "./safe-sysctls/check.ts";
import { schedulerGuarded } from "./scheduler-guarded/check.ts";
import { seLinuxUsual } from "./se-linux-usual/check.ts";
import { seccompKept } from "./seccomp-kept/check.ts";
import { seccompSet } from "./seccomp-set/check.ts";
import { secretsAsFiles } from "./secrets-as-files/check.ts";
import { securityModuleOn } from "./security-module-on/check.ts";
import { selectorsMatch } from "./selectors-match/check.ts";
import { serviceAccountOfOne } from "./service-account-of-one/check.ts";
import { serviceKeptInside } from "./service-kept-inside/check.ts";
import { stagesKnown } from "./stages-known/check.ts";
import { storageDriverMaintained } from "./storage-driver-maintained/check.ts";
import { subordinateIdsSeparate } from "./subordinate-ids-separate/check.ts";
import { swarmGuarded } from "./swarm-guarded/check.ts";
import { tagNotMoved } from "./tag-not-moved/check.ts";
import { tlsVerified } from "./tls-verified/check.ts";
import { tokenUnmounted } from "./token-unmounted/check.ts";
import { workdirAbsolute } from "./workdir-absolute/check.ts";

/** Every check, in alphabetical order of ids. To add one: a folder, and one import and one entry here. */
export const checks: readonly Check[] = [
  actionPinnedByCommit,
  admissionFailsClosed,
  apiEndpointNarrow,
  apiServerGuarded,
  apiVersionServed,
  appArmorKept,
  appArmorSet,
  auditPolicyCovers,
  auditRulesSet,
  authorizationPluginSet,
  baseImageKnown,
  baseImageNotLatest,
  baseImagePinned,
  boundToSomebody,
  bridgeIsolated,
  buildConfined,
  cgroupParentDefault,
  containerdConfined,
  containersOwnPartition,
  contextFiltered,
  controllerManagerGuarded,
  copyInsteadOfAdd,
  daemonKeepsFirewall,
  daemonLiveRestore,
  daemonLogsKept,
  daemonNoNewPrivileges,
  daemonSeccompKept,
  daemonSetWithinNode,
  daemonTcpAuthenticated,
  daemonWithoutRoot,
  dashboardRolesOwn,
  datastoreNamespaceClosed,
  datastoreNetworkApart,
  declaredIsRunning,
  defaultNamespaceUnused,
  defaultUlimitsSet,
  dockerGroupTrusted,
  dropAllCapabilities,
  dropNetRaw,
  encryptionCoversSecrets,
  endpointsOfPods,
  engineFilesOwned,
  engineRootless,
  engineSocketGuarded,
  engineWithoutKnownFlaws,
  etcdApart,
  etcdGuarded,
  gatheredRoleHarmless,
  grantsLeadSomewhere,
  imageDigestWhole,
  imageFromAllowedRegistry,
  imageHasHealthcheck,
  imageNamesRegistry,
  imagePinnedByDigest,
  imageUserNotRoot,
  imageUserNumeric,
  imagesVouchedAtAdmission,
  ingressAnnotationsInert,
  ingressControllerMaintained,
  ingressEncrypted,
  ingressHidesConsoles,
  ingressNamesHosts,
  kernelHardened,
  kubeProxyInside,
  kubeletGuarded,
  leastGrants,
  leastTokenPermissions,
  namespaceAdmitsChecked,
  namespacePoliced,
  networkPoliciesEnforced,
  networkPolicyNarrow,
  noAddedCapabilities,
  noAttackTools,
  noBlindUpdates,
  noCacheInRelease,
  noCloudCredentials,
  noClusterAdmin,
  noClusterAdminTools,
  noCompromisedAction,
  noDebugTrace,
  noDevices,
  noDockerInside,
  noDockerSocket,
  noDumpedSecrets,
  noExperimentalDaemon,
  noHostNamespaces,
  noHostPath,
  noHostPorts,
  noHostProbes,
  noIgnoredScanner,
  noIgnoredSettings,
  noInheritedSecrets,
  noInsecureRegistry,
  noLastingTokens,
  noLatestTag,
  noMaintainer,
  noMovingTools,
  noOpenDatastore,
  noOwnRunnersForStrangers,
  noPasswordsSet,
  noPipedScripts,
  noPipedScriptsInPipeline,
  noPlainSecretsInEnv,
  noPlainSecretsInPipeline,
  noPrintedSecrets,
  noPrivilegeEscalation,
  noPrivileged,
  noPrivilegedBuilds,
  noReaderOfCredentials,
  noRemoteShell,
  noRootGroups,
  noScriptInjection,
  noSecretsInBuild,
  noSecretsInScripts,
  noSecretsInSettings,
  noSensitiveHostPath,
  noSetuidAdded,
  noSharedMounts,
  noSharedProcesses,
  noSpoofableCondition,
  noSshBehindService,
  noSshServer,
  noStrangersInEnvironment,
  noSudo,
  noTakeoverBindings,
  noTakeoverTokens,
  noTillerService,
  noUnfixedInclude,
  noUnsecureCommands,
  noUntrustedCheckout,
  noUploadedCredentials,
  noUseraddLog,
  noUserlandProxy,
  noWindowsHostProcess,
  noWorldWritableFiles,
  noWritableHostPath,
  nodeFilesOwned,
  oneDigestPerService,
  oneStartCommand,
  overlayEncrypted,
  ownNamespace,
  ownServiceAccount,
  ownUserNamespace,
  packageCacheCleaned,
  packageIndexWithInstall,
  packageVersionsPinned,
  packagesVerified,
  pipelineImagePinned,
  podmanDefaultsKept,
  podmanImagesVouched,
  portsExist,
  procMountAlwaysDefault,
  procMountDefault,
  publishedOnOneAddress,
  pullAlways,
  readOnlyRoot,
  remoteAddVerified,
  resourcesLimited,
  restrictedVolumes,
  routesSayWho,
  runAsNonRoot,
  runAsUserNotRoot,
  runningIsDeclared,
  runsAsDeclared,
  safeSysctls,
  schedulerGuarded,
  seLinuxUsual,
  seccompKept,
  seccompSet,
  secretsAsFiles,
  securityModuleOn,
  selectorsMatch,
  serviceAccountOfOne,
  serviceKeptInside,
  stagesKnown,
  storageDriverMaintained,
  subordinateIdsSeparate,
  swarmGuarded,
  tagNotMoved,
  tlsVerified,
  tokenUnmounted,
  workdirAbsolute,
];
