import type { Severity } from "../../../model/severity.ts";
import type { FoundForm, SecretGroup, SecretKind } from "../../../stages/secrets/contract.ts";
import { named, token } from "../shared/rows.ts";
import { bech32 } from "./bech32.ts";
import { bytes32, crc16Base32, jwkForm, jwtForm, wireGuardKey } from "./other-keys.ts";
import { openSsh, packedPemForm, pemForm, pgpForm, pkcs8, puttyForm, sealed, sigstore, traditional } from "./pem.ts";

const KEY_REMEDY = "make a new key, and withdraw trust in this one wherever it is believed";

function key(id: string, title: string, facts: { readonly form: FoundForm; readonly severity?: Severity }): SecretKind {
  return { id, title, severity: facts.severity ?? "high", remedy: KEY_REMEDY, form: facts.form };
}

export const keys: SecretGroup = {
  id: "keys",
  title: "Keys and signed tokens",
  needs: [],
  state: "trial",
  kinds: [
    key("rsa-private-key", "RSA private key", { form: pemForm(["RSA PRIVATE KEY"], traditional([0, 1])) }),
    key("ec-private-key", "EC private key", { form: pemForm(["EC PRIVATE KEY"], traditional([1])) }),
    key("dsa-private-key", "DSA private key", { form: pemForm(["DSA PRIVATE KEY"], traditional([0])) }),
    key("private-key", "private key (PKCS #8)", { form: pemForm(["PRIVATE KEY"], pkcs8) }),
    key("encrypted-private-key", "private key (PKCS #8, encrypted)", { form: pemForm(["ENCRYPTED PRIVATE KEY"], sealed), severity: "low" }),
    key("openssh-private-key", "OpenSSH private key", { form: pemForm(["OPENSSH PRIVATE KEY"], openSsh) }),
    key("sigstore-private-key", "cosign private key (encrypted)", { form: pemForm(["ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY"], sigstore), severity: "low" }),
    key("packed-private-key", "private key in base64", { form: packedPemForm }),
    key("pgp-private-key", "PGP private key", { form: pgpForm }),
    key("putty-private-key", "PuTTY private key", { form: puttyForm }),
    key("jwk-private-key", "private JSON web key", { form: jwkForm }),
    key("json-web-token", "signed JSON web token", { form: jwtForm, severity: "medium" }),
    token(["age-secret-key", "age secret key", ["AGE-SECRET-KEY-1<BASE36:58>"]], { at: "whoever encrypts to it", severity: "critical", check: bech32 }),
    token(["nostr-secret-key", "Nostr secret key", "nsec1<base36:58>"], { at: "Nostr", check: bech32 }),
    token(["sui-private-key", "Sui private key", "suiprivkey1<base36:59>"], { at: "Sui", check: bech32 }),
    token(["nats-seed", "NATS seed", ["SUA<base32:55>", "SAA<base32:55>", "SOA<base32:55>", "SNA<base32:55>", "SCA<base32:55>"]], { at: "NATS", check: crc16Base32 }),
    named(["stellar-seed", "Stellar secret seed", "S<base32:55>"], { at: "Stellar", words: ["stellar", "seed", "secret"], isWhole: true, check: crc16Base32 }),
    named(["wireguard-private-key", "WireGuard private key", "<base64:43>="], {
      at: "every peer",
      words: ["privatekey", "privateKey", "private_key", "private-key"],
      isWhole: true,
      check: wireGuardKey,
    }),
    named(["wireguard-preshared-key", "WireGuard preshared key", "<base64:43>="], {
      at: "every peer",
      words: ["presharedkey", "presharedKey", "PresharedKey", "preshared_key"],
      isWhole: true,
      check: bytes32,
    }),
    named(["ethereum-private-key", "Ethereum private key", ["0x<anyhex:64>", "<anyhex:64>"]], {
      at: "the wallet: move what it holds",
      words: ["private_key", "privatekey", "privateKey", "deployer_key", "wallet_key"],
      isWhole: true,
    }),
    token(["minisign-secret-key", "minisign secret key", "RWRTY0Iy<base64:200-212><equals:0-2>"], { at: "whoever believes its signatures", severity: "medium" }),
  ],
};
