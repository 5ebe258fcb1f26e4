import type { WatchRule } from "../../stages/watch/contract.ts";
import { cloudMetadataAsked } from "./cloud-metadata-asked/rule.ts";
import { cronJobAdded } from "./cron-job-added/rule.ts";
import { engineSocketUsed } from "./engine-socket-used/rule.ts";
import { enteredNamespaces } from "./entered-namespaces/rule.ts";
import { fileSystemMounted } from "./file-system-mounted/rule.ts";
import { kernelProgramLoaded } from "./kernel-program-loaded/rule.ts";
import { kernelRunsProgram } from "./kernel-runs-program/rule.ts";
import { logRemoved } from "./log-removed/rule.ts";
import { loginKeyAdded } from "./login-key-added/rule.ts";
import { memoryExecuted } from "./memory-executed/rule.ts";
import { minerStarted } from "./miner-started/rule.ts";
import { moduleLoaded } from "./module-loaded/rule.ts";
import { packageInstalled } from "./package-installed/rule.ts";
import { packetsRead } from "./packets-read/rule.ts";
import { preloadSet } from "./preload-set/rule.ts";
import { processAttached } from "./process-attached/rule.ts";
import { rootOfInitOpened } from "./root-of-init-opened/rule.ts";
import { serviceTokenRead } from "./service-token-read/rule.ts";
import { setuidGiven } from "./setuid-given/rule.ts";
import { sharedMemoryExecuted } from "./shared-memory-executed/rule.ts";
import { shellToNetwork } from "./shell-to-network/rule.ts";
import { userNamespaceMade } from "./user-namespace-made/rule.ts";

/** Our own rules for what runs, by id. */
export const rules: readonly WatchRule[] = [
  cloudMetadataAsked,
  cronJobAdded,
  engineSocketUsed,
  enteredNamespaces,
  fileSystemMounted,
  kernelProgramLoaded,
  kernelRunsProgram,
  logRemoved,
  loginKeyAdded,
  memoryExecuted,
  minerStarted,
  moduleLoaded,
  packageInstalled,
  packetsRead,
  preloadSet,
  processAttached,
  rootOfInitOpened,
  serviceTokenRead,
  setuidGiven,
  sharedMemoryExecuted,
  shellToNetwork,
  userNamespaceMade,
];
