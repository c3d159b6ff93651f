-- What the guard does besides where the realm's keys change without a refusal.
--
-- `jwt` finds the key by the token's `kid`. All keys belong to one consumer, who may do nothing. So the guard hands the
-- key of the token's tier to `key-auth`, which makes the tier's consumer the request's own. Three things keep this from
-- being a way in, whichever of the plugins are missing while an update is under way:
--
-- * The tier's key is random, made by Kong, and in nobody's hands: the guard reads it from Kong's own store. The header
--   that carries it is the guard's: what a client sent there is gone before anything else.
-- * `key-auth` takes nothing before `jwt` has spoken. It looks for a key first in a header that `jwt` clears for every
--   token it has verified, and in which the guard has put what is no key.
-- * The guard lets nothing pass unless the witness (witness.lua) has announced itself, who sees to it in the end that
--   `jwt` verified this very token and `key-auth` took this very key.
--
-- guard.py puts two locals in front of this file:
--   keys         a set: the `kid` of each of the realm's keys. Other credentials of `jwt` verify nothing here.
--   credentials  the id of each tier's key-auth credential

local KEY_HEADER = "Proxy-Authorization" -- Kong keeps it out of logs (Kong: kong/pdk/log.lua)
local UNVERIFIED_HEADER = "X-Anonymous-Consumer" -- Kong: kong/plugins/jwt/handler.lua, set_consumer
local SECONDS = 5 -- for which a key is not asked for again

local known, asked = {}, {} -- by the credential's id

local function begin()
  kong.ctx.shared.guarded = true
  kong.service.request.clear_header(KEY_HEADER)
  kong.service.request.set_header(UNVERIFIED_HEADER, "unverified")
end

-- `jwt` prefers a claim to the header, and answers 500 when it is no string.
local function flaw(header, claims)
  if claims.kid ~= nil or not keys[header.kid] then
    return "Token is not signed with a key of the realm"
  end
end

-- Kong's store may be down for a while: then the last key counts.
local function key_of(id)
  local now = ngx.now()
  if not known[id] or now - asked[id] >= SECONDS then
    asked[id] = now -- first, for asking may take a while, and others come meanwhile
    local credential, problem = kong.db.keyauth_credentials:select({ id = id })
    if credential or not problem then
      known[id] = credential and credential.key
    end
  end
  return known[id]
end

local function hand_over(token, tier)
  local shared, key = kong.ctx.shared, key_of(credentials[tier])
  if not shared.witnessed or not key then
    return kong.response.exit(503, { message = "This route has no guard yet" })
  end
  shared.guarded_token, shared.guarded_credential = token, credentials[tier]
  kong.service.request.set_header(KEY_HEADER, key)
end

return { begin = begin, flaw = flaw, hand_over = hand_over }
