// Login by the realm: OpenID Connect's authorization code flow with PKCE (RFC 7636), by hand.
//
// Tokens are in this module's variables and nowhere else: a reload forgets them, and the realm, which still knows the
// browser, gives new ones. What must outlive the way to the realm and back, `state` and the verifier, is of no use to
// anybody afterwards; it is in sessionStorage until then.

const KEPT = "login";
const EARLY = 30_000; // milliseconds before its end at which a token is renewed

let settings, endpoints, tokens = null;

export async function prepare() {
  settings = await answered(fetch("../login"));
  endpoints = await answered(fetch(`${settings.issuer}/.well-known/openid-configuration`));
  return settings;
}

// True when somebody is logged in: they have just come back from the realm with a code.
export async function arrive() {
  const found = new URLSearchParams(location.search);
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!found.has("state")) return false;
  sessionStorage.removeItem(KEPT);
  history.replaceState(null, "", home() + (kept?.view ?? ""));
  if (!kept || kept.state !== found.get("state")) throw new Error("this login was begun elsewhere; log in again");
  if (found.has("error")) throw new Error(found.get("error_description") ?? found.get("error"));
  await ask({ grant_type: "authorization_code", code: found.get("code"), code_verifier: kept.verifier, redirect_uri: home() });
  return true;
}

export async function leaveForRealm() {
  const verifier = random(), state = random();
  sessionStorage.setItem(KEPT, JSON.stringify({ verifier, state, view: location.hash }));
  const challenge = base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
  location.assign(`${endpoints.authorization_endpoint}?${new URLSearchParams({
    client_id: settings.client, redirect_uri: home(), response_type: "code", scope: "openid", state,
    code_challenge: challenge, code_challenge_method: "S256",
  })}`);
}

export function logOut() {
  const hint = tokens?.id_token;
  tokens = null;
  location.assign(`${endpoints.end_session_endpoint}?${new URLSearchParams({
    client_id: settings.client, post_logout_redirect_uri: home(), ...(hint && { id_token_hint: hint }),
  })}`);
}

// An access token that holds for a while; null when nobody is logged in any more.
export async function token() {
  if (tokens && Date.now() > tokens.until - EARLY) {
    renewing ??= ask({ grant_type: "refresh_token", refresh_token: tokens.refresh_token })
      .catch(() => { tokens = null; }).finally(() => { renewing = null; });
    await renewing;
  }
  return tokens?.access_token ?? null;
}
let renewing = null;

async function ask(grant) {
  const body = new URLSearchParams({ client_id: settings.client, ...grant });
  const given = await answered(fetch(endpoints.token_endpoint, { method: "POST", body }));
  tokens = { ...given, until: Date.now() + given.expires_in * 1000 };
}

async function answered(asking) {
  const answer = await asking;
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.error_description ?? body.detail ?? `${answer.url} answers ${answer.status}`);
  return body;
}

const home = () => location.origin + location.pathname;
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
