import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../test/shared.ts";
import { AppError } from "../kit/error.ts";
import { readVex } from "./vex.ts";

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const read = (value: unknown): ReturnType<typeof readVex> => readVex(bytes(value), "vex.json");

describe("OpenVEX", () => {
  const openVex = (statements: readonly object[], facts: object = {}): object => ({
    "@context": "https://openvex.dev/ns/v0.2.0",
    author: "Us",
    timestamp: "2024-01-01T00:00:00Z",
    ...facts,
    statements,
  });

  test("names, aliases, purls, digests, parts and reasons", () => {
    const statement = {
      vulnerability: { name: "GO-2024-2575", aliases: ["CVE-2024-26147"] },
      products: [
        {
          "@id": "pkg:oci/api@sha256%3Aab",
          hashes: { "sha-256": "AB" },
          subcomponents: [{ "@id": "pkg:golang/helm.sh/helm/v3" }],
        },
        { identifiers: { purl: "pkg:npm/a@1" } },
      ],
      status: "not_affected",
      justification: "vulnerable_code_not_in_execute_path",
    };
    expect(read(openVex([statement]))).toEqual([
      {
        vulnerabilities: ["GO-2024-2575", "CVE-2024-26147"],
        products: ["sha256:ab"],
        subcomponents: ["pkg:golang/helm.sh/helm/v3"],
        status: "not_affected",
        justification: "vulnerable_code_not_in_execute_path",
        author: "Us",
      },
      {
        vulnerabilities: ["GO-2024-2575", "CVE-2024-26147"],
        products: ["pkg:npm/a@1"],
        subcomponents: [],
        status: "not_affected",
        justification: "vulnerable_code_not_in_execute_path",
        author: "Us",
      },
    ]);
  });

  test("a later statement replaces an earlier one for the products it names, and no others", () => {
    const about = { vulnerability: { name: "CVE-1" } };
    const rows = read(
      openVex([
        {
          ...about,
          products: [{ "@id": "pkg:npm/a" }],
          status: "affected",
          timestamp: "2024-03-01T00:00:00Z",
        },
        {
          ...about,
          products: [{ "@id": "pkg:npm/a" }, { "@id": "pkg:npm/b" }],
          status: "not_affected",
        },
      ]),
    );
    expect(rows.map((r) => [r.status, r.products])).toEqual([
      ["not_affected", ["pkg:npm/b"]],
      ["affected", ["pkg:npm/a"]],
    ]);
  });

  test("a later statement replaces an earlier one whichever name it begins with", () => {
    const products = ["pkg:npm/a"];
    const rows = read(
      openVex([
        { vulnerability: { name: "GHSA-1", aliases: ["CVE-1"] }, products, status: "not_affected" },
        { vulnerability: { name: "cve-1" }, products, status: "affected" },
      ]),
    );
    expect(rows.map((r) => r.status)).toEqual(["affected"]);
  });

  test("texts of 0.0.1 are read; unknown states and statements without a name say nothing", () => {
    const rows = read(
      openVex([
        { vulnerability: "CVE-1", products: ["pkg:npm/a"], status: "fixed" },
        { vulnerability: "CVE-2", status: "perhaps" },
        { products: ["pkg:npm/a"], status: "fixed" },
      ]),
    );
    expect(rows.map((r) => [r.vulnerabilities, r.products, r.status])).toEqual([
      [["CVE-1"], ["pkg:npm/a"], "fixed"],
    ]);
  });

  test("a product that cannot be told never widens a statement to everything", () => {
    const productsOf = (products: unknown): unknown =>
      read(openVex([{ vulnerability: "CVE-1", products, status: "fixed" }]))[0]?.products;
    expect([productsOf([{}, 7]), productsOf("pkg:npm/a"), productsOf({ a: 1 })]).toEqual([
      ["unnamed product", "unnamed product"],
      ["unnamed product"],
      ["unnamed product"],
    ]);
  });
});

test("CycloneDX analyses, with references inside the document and by BOM-Link", () => {
  const rows = read({
    bomFormat: "CycloneDX",
    components: [{ "bom-ref": "a", purl: "pkg:npm/a@1" }],
    vulnerabilities: [
      {
        id: "CVE-1",
        references: [{ id: "GHSA-1" }],
        analysis: { state: "not_affected", justification: "code_not_reachable" },
        affects: [{ ref: "a" }, { ref: "urn:cdx:3e671687/1#pkg%3Anpm%2Fb%402" }],
      },
      { id: "CVE-2", analysis: { state: "resolved", detail: "rebuilt" }, affects: [{ ref: "a" }] },
      { id: "CVE-3", affects: [{ ref: "a" }] },
    ],
  });
  const common = { subcomponents: [], author: null };
  expect(rows).toEqual([
    {
      ...common,
      vulnerabilities: ["CVE-1", "GHSA-1"],
      products: ["pkg:npm/a@1", "pkg:npm/b@2"],
      status: "not_affected",
      justification: "code_not_reachable",
    },
    {
      ...common,
      vulnerabilities: ["CVE-2"],
      products: ["pkg:npm/a@1"],
      status: "fixed",
      justification: "rebuilt",
    },
  ]);
});

test("CSAF product states, with purls from the tree and reasons from flags and threats", () => {
  const product = (product_id: string, purl: string): object => ({
    product: { name: product_id, product_id, product_identification_helper: { purl } },
  });
  const rows = read({
    document: { csaf_version: "2.0", category: "csaf_vex", publisher: { name: "Vendor" } },
    product_tree: {
      branches: [
        { branches: [product("A", "pkg:rpm/redhat/a@1"), product("B", "pkg:rpm/redhat/b@1")] },
      ],
      relationships: [
        {
          full_product_name: { product_id: "OS:A" },
          product_reference: "A",
          relates_to_product_reference: "OS",
        },
      ],
    },
    vulnerabilities: [
      {
        cve: "CVE-1",
        product_status: { known_not_affected: ["OS:A", "B", "C"], known_affected: ["C"] },
        flags: [{ label: "component_not_present", product_ids: ["OS:A"] }],
        threats: [{ category: "impact", details: "not built in", product_ids: ["B"] }],
      },
    ],
  });
  expect(rows.map((r) => [r.status, r.products, r.justification, r.author])).toEqual([
    ["affected", ["C"], null, "Vendor"],
    ["not_affected", ["pkg:rpm/redhat/a@1"], "component_not_present", "Vendor"],
    ["not_affected", ["pkg:rpm/redhat/b@1"], "not built in", "Vendor"],
  ]);
});

test("an analysis of a document that names nothing is not one of everything", () => {
  const [row] = read({
    bomFormat: "CycloneDX",
    vulnerabilities: [{ id: "CVE-1", analysis: { state: "not_affected" } }],
  });
  expect(row?.products).toEqual(["unnamed component"]);
});

test("a component that is affected in one product of CSAF is not cleared by another product", () => {
  const product = (product_id: string, purl: string): object => ({
    product: { name: product_id, product_id, product_identification_helper: { purl } },
  });
  const shipped = (os: string, part: string): object => ({
    full_product_name: { product_id: `${os}:${part}` },
    product_reference: part,
    relates_to_product_reference: os,
  });
  const rows = read({
    document: { csaf_version: "2.0" },
    product_tree: {
      branches: [product("A", "pkg:rpm/redhat/a"), product("B", "pkg:rpm/redhat/b@1")],
      relationships: [shipped("8", "A"), shipped("9", "A"), shipped("9", "B")],
    },
    vulnerabilities: [
      {
        cve: "CVE-1",
        product_status: { known_affected: ["8:A"], known_not_affected: ["9:A", "9:B"] },
      },
    ],
  });
  expect(rows.map((r) => [r.status, r.products])).toEqual([
    ["affected", ["pkg:rpm/redhat/a"]],
    ["not_affected", ["pkg:rpm/redhat/b@1"]],
  ]);
});

test("what is no VEX document says so, and nothing else is thrown", () => {
  expect(() => read({ a: 1 })).toThrow(
    'cannot read VEX document "vex.json": it is neither OpenVEX, CycloneDX nor CSAF',
  );
  const documents = fc.jsonValue().map((value) => ({
    "@context": "https://openvex.dev/ns",
    bomFormat: "CycloneDX",
    statements: value,
    vulnerabilities: value,
    components: [value],
  }));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), documents.map(bytes)), (input) => {
      try {
        readVex(input, "x");
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
  );
});

describeShared("documents by others", () => {
  test("every statement of a real hub is read", () => {
    const hub = sharedPath("data/native/vex/vexhub.tar.gz");
    const folder = mkdtempSync(join(tmpdir(), "bulwark-vexhub-"));
    execFileSync("tar", ["xzf", hub, "-C", folder]);
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const documents = names.filter((name) => name.endsWith(".openvex.json"));
    const wrong = documents.flatMap((name) => {
      const input = readFileSync(join(folder, name));
      const { statements } = JSON.parse(input.toString()) as { statements: unknown[] };
      const rows = readVex(input, name);
      const isRight =
        rows.length <= statements.length &&
        rows.length > 0 &&
        rows.every(
          (r) => r.status === "not_affected" && r.products.every((p) => p.startsWith("pkg:")),
        );
      return isRight ? [] : [`${name}: ${rows.length} of ${statements.length}`];
    });
    rmSync(folder, { recursive: true, force: true });
    expect([documents.length > 10, wrong]).toEqual([true, []]);
  });
});
