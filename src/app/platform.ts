export { parsePlatform } from "../formats/oci-platform.ts";
