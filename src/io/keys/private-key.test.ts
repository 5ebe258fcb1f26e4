// Keys of cosign's own tests, and keys made here.
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describeShared, sharedPath } from "../../../test/shared.ts";
import { publicKeyOf, readPublicKey } from "../trust/public-key.ts";
import { encryptKey, generateKey, KEY_KINDS, localSigner, readPrivateKey } from "./private-key.ts";

const hello = async (): Promise<string> => "hello";

describeShared("keys of cosign", () => {
  const read = (name: string): Promise<unknown> =>
    readPrivateKey(
      readFileSync(sharedPath(`fixtures/trust/cosign/keys_test_pem/${name}.pem`), "utf8"),
      name,
      hello,
    );

  test.each([
    "pemcosignkey",
    "pemsigstorekey",
    "ed25519key",
    "validecp256",
    "validecp384",
    "validecp521",
    "validecpkcs8",
    "validrsa",
    "validrsapkcs1",
    "validrsapkcs8",
  ])("%s is read", async (name) => {
    await expect(read(name)).resolves.toBeDefined();
  });

  test.each([
    ["pemcosigneckey", "PKCS #8"],
    ["invalidecp224", "curve"],
    ["invalidecunsupported", "key"],
    ["invalidkey", "PEM"],
    ["invalidrsasmallkey", "modulus"],
    ["invalidrsawithpubkey", "private key"],
  ])("%s is refused", async (name, why) => {
    await expect(read(name)).rejects.toThrow(why);
  });

  test("the pair of cosign's workflows is one", async () => {
    const folder = sharedPath("fixtures/trust/cosign/.github/workflows");
    const key = await readPrivateKey(
      readFileSync(`${folder}/cosign-test.key`, "utf8"),
      "cosign-test.key",
      async () => "",
    ).catch((error: unknown) => String(error));
    const known = await readPublicKey(readFileSync(`${folder}/cosign-test.pub`, "utf8"), "pub");
    if (typeof key === "string") expect(key).toContain("password is wrong");
    else expect(publicKeyOf(createPublicKey(key), "key").fingerprint).toBe(known.fingerprint);
  });

  test("a wrong password is told as one", async () => {
    const pem = readFileSync(
      sharedPath("fixtures/trust/cosign/keys_test_pem/pemsigstorekey.pem"),
      "utf8",
    );
    await expect(readPrivateKey(pem, "k", async () => "hallo")).rejects.toMatchObject({
      code: "key-invalid",
      message: expect.stringContaining("password is wrong"),
    });
  });
});

test.each(KEY_KINDS)("a new %s key signs what its public half verifies", async (kind) => {
  const signer = localSigner(generateKey(kind), kind);
  const text = signer.publicKey.export({ type: "spki", format: "pem" }).toString();
  const key = await readPublicKey(text, kind);
  const bytes = Buffer.from("what is signed");
  const signature = await signer.sign(bytes);
  expect([key.verifies(bytes, signature), key.verifies(Buffer.from("other"), signature)]).toEqual([
    true,
    false,
  ]);
});

test("a key that is encrypted is read again", async () => {
  const key = generateKey("ecdsa-p256");
  const read = await readPrivateKey(await encryptKey(key, "hello"), "k", hello);
  expect(read.equals(key)).toBe(true);
});

test("costs that no writer uses are refused before they are paid", async () => {
  const pem = await encryptKey(generateKey("ed25519"), "hello");
  const json = Buffer.from(pem.replace(/-----.*-----/g, ""), "base64").toString();
  const dear = Buffer.from(json.replace('"N":65536', '"N":1073741824')).toString("base64");
  const label = "ENCRYPTED SIGSTORE PRIVATE KEY";
  const changed = `-----BEGIN ${label}-----\n${dear}\n-----END ${label}-----\n`;
  await expect(readPrivateKey(changed, "k", hello)).rejects.toThrow(
    "not those that key writers use",
  );
});
