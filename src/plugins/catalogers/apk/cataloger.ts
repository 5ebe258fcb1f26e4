// Alpine's packages (and Wolfi's, Chainguard's, Alpaquita's), from the one text file in which apk keeps all it knows.
import type { Cataloger } from "../../../stages/catalog/contract.ts";
import { readInstalled } from "./installed.ts";

export const apk: Cataloger = {
  id: "apk",
  title: "Alpine packages, installed by apk",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "installed",
  types: ["apk"],
  // The second where /lib is a link into /usr, as in Wolfi.
  wants: { paths: ["lib/apk/db/installed", "usr/lib/apk/db/installed"] },
  limitBytes: 128 << 20,
  read: (file) => readInstalled(file.bytes),
};
