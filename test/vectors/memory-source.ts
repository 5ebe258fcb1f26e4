import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { recognise } from "../../src/formats/feeds/recognise.ts";
import type { Description, FeedSink } from "../../src/formats/feeds/sink.ts";
import { bytesAsSource, readZipDirectory, readZipEntry } from "../../src/formats/zip.ts";
import { mergeDescriptions } from "../../src/io/feeds/merge.ts";
import type { AffectedPackage } from "../../src/model/advisory.ts";
import { schemes } from "../../src/plugins/schemes/index.ts";
import type { AdvisorySource } from "../../src/stages/match/contract.ts";
import { schemeIdOf } from "../../src/stages/match/place.ts";

/** An advisory source out of publishers' files, read with the real readers and kept in memory instead of a store. */
export function memorySource(files: readonly string[]): AdvisorySource {
  const packages = new Map<string, Map<string, AffectedPackage[]>>();
  const descriptions = new Map<string, Description[]>();
  const idByName = new Map<string, string>();
  const sink: FeedSink = {
    affected: (ecosystem, name, said) => {
      const named = packages.get(ecosystem) ?? new Map<string, AffectedPackage[]>();
      packages.set(ecosystem, named);
      const known = named.get(name);
      if (known === undefined) named.set(name, [said]);
      else known.push(said);
    },
    described: (description) => {
      const id = description.cves.length === 1 ? (description.cves[0] ?? "") : description.id;
      descriptions.set(id, [...(descriptions.get(id) ?? []), description]);
      for (const name of [description.id, ...description.aliases]) idByName.set(name, id);
    },
    exploited: () => undefined,
    scored: () => undefined,
    current: () => undefined,
    problem: () => undefined,
  };
  for (const file of files) {
    for (const bytes of documentsOf(file)) {
      const found = recognise(bytes, orderOf);
      if (found.kind !== null) found.read(sink);
    }
  }
  return {
    hasEcosystem: (ecosystem) => packages.has(ecosystem),
    affected: (ecosystem, name) => packages.get(ecosystem)?.get(name) ?? [],
    vulnerability: (name) => {
      const id = descriptions.has(name) ? name : (idByName.get(name) ?? "");
      const said = descriptions.get(id);
      if (said === undefined) return null;
      return mergeDescriptions(id, said, { epss: null, known: null, title: "" });
    },
  };
}

function orderOf(ecosystem: string): ((a: string, b: string) => number | null) | null {
  const scheme = schemes.find(({ id }) => id === schemeIdOf(ecosystem));
  return scheme === undefined ? null : (a, b) => scheme.compare(a, b);
}

function documentsOf(file: string): Uint8Array[] {
  const bytes = readFileSync(file);
  if (file.endsWith(".gz")) return [gunzipSync(bytes)];
  if (!file.endsWith(".zip")) return [bytes];
  const source = bytesAsSource(bytes);
  const { entries, fault } = readZipDirectory(source);
  if (fault !== null) throw new Error(fault);
  return entries.flatMap((entry) => readZipEntry(source, entry, 64 << 20).bytes ?? []);
}
