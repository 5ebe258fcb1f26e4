import type { SecretGroup } from "../../stages/secrets/contract.ts";
import { ai } from "./ai/kinds.data.ts";
import { chat } from "./chat/kinds.data.ts";
import { clouds } from "./clouds/kinds.data.ts";
import { codeHosts } from "./code-hosts/kinds.data.ts";
import { commerce } from "./commerce/kinds.data.ts";
import { connections } from "./connections/kinds.data.ts";
import { delivery } from "./delivery/kinds.data.ts";
import { files } from "./files/kinds.data.ts";
import { generic } from "./generic/kinds.data.ts";
import { keys } from "./keys/kinds.data.ts";
import { mail } from "./mail/kinds.data.ts";
import { observability } from "./observability/kinds.data.ts";
import { packages } from "./packages/kinds.data.ts";
import { services } from "./services/kinds.data.ts";

/** Every group of kinds of secrets, in alphabetical order. */
export const secretGroups: readonly SecretGroup[] = [
  ai,
  chat,
  clouds,
  codeHosts,
  commerce,
  connections,
  delivery,
  files,
  generic,
  keys,
  mail,
  observability,
  packages,
  services,
];
