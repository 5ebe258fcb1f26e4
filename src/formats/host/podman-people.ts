// People who may run Podman without root, and where its settings and its storage are then.
// Sources: containers.conf(5), containers-storage.conf(5).
import type { PodmanPerson } from "../../model/host.ts";
import type { HostRecord } from "../../model/host-record.ts";
import { readTomlDocument } from "../toml-document.ts";
import { wordOf } from "./option-texts.ts";
import { namesIn, seenFile } from "./record-file.ts";
import { settingsOf } from "./settings-file.ts";

/** Where the system says where the storage of people is, weakest first. */
export const STORAGE_CONF: readonly string[] = [
  "/usr/share/containers/storage.conf",
  "/etc/containers/storage.conf",
];

const READING = { read: readTomlDocument, depth: 2 };
const FIRST_PERSON = 1000;
const NOBODY = 65534;

/** Somebody with a folder of their own. */
interface Account {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
}

/** By /etc/passwd; users of a directory service are in no file. */
function accountsIn(record: HostRecord): Account[] {
  const lines = (seenFile(record, "/etc/passwd")?.text ?? "").split("\n");
  return lines.flatMap((line) => {
    const [name = "", , number = "", , , home = ""] = line.split(":");
    const uid = /^\d{1,10}$/.test(number) ? Number(number) : 0;
    const isPerson = uid >= FIRST_PERSON && uid !== NOBODY && home.startsWith("/");
    return isPerson && home !== "/" ? [{ name, uid, home }] : [];
  });
}

/** What tells of them: files whose text is wanted, folders whose names are, and what need only be there. */
export function placesOfPeople(record: HostRecord): {
  readonly text: readonly string[];
  readonly names: readonly string[];
  readonly look: readonly string[];
} {
  const accounts = accountsIn(record);
  const own = accounts.map(({ home }) => ownFile(home, "containers"));
  return {
    text: [...STORAGE_CONF, ...own, ...accounts.map(({ home }) => ownFile(home, "storage"))],
    names: own.map((path) => `${path}.d`),
    look: accounts.map((account) => storeOf(record, account)),
  };
}

/** @see placesOfPeople */
export function podmanPeople(record: HostRecord): PodmanPerson[] {
  return accountsIn(record).map((account) => {
    const path = ownFile(account.home, "containers");
    const parts = namesIn(record, `${path}.d`)
      .filter((name) => name.endsWith(".conf"))
      .map((name) => `${path}.d/${name}`);
    return {
      name: account.name,
      uid: account.uid,
      containers: settingsOf(record, [path, ...parts], READING),
      store: storeOf(record, account),
    };
  });
}

function ownFile(home: string, name: "containers" | "storage"): string {
  return `${home}/.config/containers/${name}.conf`;
}

/** Their own word beats the system's, and without one it is below their home. */
function storeOf(record: HostRecord, { name, uid, home }: Account): string {
  const system = settingsOf(record, STORAGE_CONF, READING).values;
  const own = settingsOf(record, [ownFile(home, "storage")], READING).values;
  const fact = own.get("storage\ngraphroot") ?? system.get("storage\nrootless_storage_path");
  const written = fact?.state === "known" ? wordOf(fact.value) : "";
  const path = written
    .replaceAll(/\$(?:HOME\b|\{HOME\})/g, home)
    .replaceAll(/\$(?:USER\b|\{USER\})/g, name)
    .replaceAll(/\$(?:UID\b|\{UID\})/g, String(uid));
  return path.startsWith("/") ? path : `${home}/.local/share/containers/storage`;
}
