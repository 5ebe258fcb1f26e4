import type { SecretGroup } from "../../../stages/secrets/contract.ts";
import { named, token } from "../shared/rows.ts";

const STRIPE = { at: "Stripe" };
const SHOPIFY = { at: "Shopify" };
const SQUARE = { at: "Square" };

export const commerce: SecretGroup = {
  id: "commerce",
  title: "Payments and shops",
  needs: [],
  state: "trial",
  kinds: [
    token(["stripe-secret-key", "Stripe secret key", ["sk_live_<base62:24-247>", "sk_org_live_<base62:24-247>"]], { ...STRIPE, severity: "critical" }),
    token(["stripe-restricted-key", "Stripe restricted key", "rk_live_<base62:24-247>"], STRIPE),
    token(["stripe-test-key", "Stripe test key", ["sk_test_<base62:24-247>", "rk_test_<base62:24-247>"]], { ...STRIPE, severity: "low" }),
    token(["stripe-webhook-secret", "Stripe webhook signing secret", "whsec_<base64:32-64>"], { ...STRIPE, severity: "medium" }),
    token(["square-secret", "Square OAuth secret", "sq0csp-<base64url:43>"], SQUARE),
    token(["square-token", "Square access token", ["sq0atp-<base64url:22-60>", "EAAAE<base64url:59>", "EAAAl<base64url:59>"]], SQUARE),
    token(["paypal-braintree-token", "PayPal Braintree access token", ["access_token$production$<base36:16>$<hex:32>", "access_token$sandbox$<base36:16>$<hex:32>"]], { at: "PayPal" }),
    token(["shopify-access-token", "Shopify access token", "shpat_<anyhex:32>"], SHOPIFY),
    token(["shopify-custom-token", "Shopify custom app token", "shpca_<anyhex:32>"], SHOPIFY),
    token(["shopify-private-token", "Shopify private app password", "shppa_<anyhex:32>"], SHOPIFY),
    token(["shopify-shared-secret", "Shopify shared secret", "shpss_<anyhex:32>"], SHOPIFY),
    token(["plaid-access-token", "Plaid access token", ["access-production-<uuid>", "access-development-<uuid>", "access-sandbox-<uuid>"]], { at: "Plaid" }),
    named(["plaid-secret", "Plaid secret", "<hex:30>"], { at: "Plaid", words: ["plaid"] }),
    token(["razorpay-key", "Razorpay live key id", "rzp_live_<base62:14>"], { at: "Razorpay", severity: "medium" }),
    token(["flutterwave-secret-key", "Flutterwave secret key", ["FLWSECK-<base36:32>-X", "FLWSECK_TEST-<base36:32>-X"]], { at: "Flutterwave" }),
    token(["easypost-key", "EasyPost API key", "EZAK<base62:54>"], { at: "EasyPost" }),
    token(["easypost-test-key", "EasyPost test API key", "EZTK<base62:54>"], { at: "EasyPost", severity: "low" }),
    token(["duffel-token", "Duffel access token", "duffel_live_<base64url:43>"], { at: "Duffel" }),
    token(["duffel-test-token", "Duffel test access token", "duffel_test_<base64url:43>"], { at: "Duffel", severity: "low" }),
    token(["shippo-token", "Shippo API token", "shippo_live_<anyhex:40>"], { at: "Shippo" }),
    token(["shippo-test-token", "Shippo test API token", "shippo_test_<anyhex:40>"], { at: "Shippo", severity: "low" }),
    named(["adyen-key", "Adyen API key", "AQE<base64:60-200><equals:0-2>"], { at: "Adyen", words: ["adyen", "x-api"] }),
    named(["lob-key", "Lob API key", ["live_<hex:35>", "test_<hex:35>"]], { at: "Lob", severity: "medium", words: ["lob"] }),
    named(["squarespace-token", "Squarespace access token", "<uuid>"], { at: "Squarespace", words: ["squarespace"] }),
    named(["mollie-key", "Mollie API key", "live_<base62:30>"], { at: "Mollie", words: ["mollie"] }),
    named(["gocardless-token", "GoCardless access token", "live_<base64url:40>"], { at: "GoCardless", words: ["gocardless"] }),
    named(["coinbase-token", "Coinbase access token", "<base64url:64>"], { at: "Coinbase", words: ["coinbase"] }),
  ],
};
