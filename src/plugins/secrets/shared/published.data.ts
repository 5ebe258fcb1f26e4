/**
 * Fingerprints of keys that everybody has, because a program carries them to test itself or a standard prints them: nobody can
 * use them for anything. By where they are found.
 */
export const published: ReadonlySet<string> = new Set([
  // libgnutls: keys for the self-tests that FIPS 140 demands of a library when it starts.
  "4b08c56d286d3837",
  "425bd04911952fa2",
  "e746b4d46fd3a7e0",
  "b5b35302638f6ebd",
  "b3ae5cb5aa1afe98",
  "82d91d54d5da47cf",
  "9741be36c3049e37",
  "7aacfa6a6ade6a11",
  "7c5b80f2b598013e",
  "4bacf69f5cdb358a",
  // Netty: a key with which OpenSsl.class and its kin try what the library at hand can do; it lies in most Java programs.
  "f4aa7958372bbeec",
]);
