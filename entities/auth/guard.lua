-- The guard: runs in the access phase of Kong's `pre-function` plugin, before the `jwt` plugin.
--
-- `jwt` finds a credential by one claim, and checks the signature and the expiry. It does not
-- ask who issued the token, for whom, or what kind of token it is: the guard does, and hands the token's
-- subject to rate-limiting in a header of its own. It reads claims before their signature was checked,
-- which is safe only because `jwt` refuses the request afterwards: never use it with `anonymous`.
--
-- guard.py puts three locals in front of this file:
--   settings    issuer, audience, tier_claim (strings), tiers (a set), preflight (boolean)
--   decode_json the reader in json.lua
--   rotation    what depends on how the realm's keys change: simple.lua or seamless.lua
-- It runs in Kong's default sandbox: kong, ngx and a few pure functions, no `require`.

local SUBJECT_HEADER = "TokenSubject" -- no dash: its underscore form would be another way to send it
local MAX_TOKEN_BYTES = 8192
local MAX_HEADERS = 1000 -- the most that kong.request.get_headers() reads

-- Headers that name the client to the upstream. `jwt` sets or clears the X-Consumer-* and X-Credential-*
-- headers, but `acl` leaves these two as they came when it hides its own.
local GROUP_HEADERS = { "X-Consumer-Groups", "X-Authenticated-Groups" }

local function refuse(status, message, problem)
  local challenge = "Bearer"
  if problem then
    challenge = string.format('Bearer error="%s", error_description="%s"', problem, message)
  end
  return kong.response.exit(status, { message = message }, { ["WWW-Authenticate"] = challenge })
end

local function refuse_token(message)
  return refuse(401, message, "invalid_token")
end

local function clear_identity()
  kong.service.request.clear_header(SUBJECT_HEADER)
  for _, name in ipairs(GROUP_HEADERS) do
    kong.service.request.clear_header(name)
  end
end

-- The condition under which Kong's cors plugin answers by itself (Kong: kong/plugins/cors/handler.lua).
local function is_preflight()
  return kong.request.get_method() == "OPTIONS"
    and kong.request.get_header("Origin")
    and kong.request.get_header("Access-Control-Request-Method")
end

-- The Authorization header's bearer token; nil and whether something else was sent instead.
local function bearer_token()
  local value = kong.request.get_headers(MAX_HEADERS)["authorization"]
  if type(value) ~= "string" then
    return nil, value ~= nil
  end
  local scheme, token = value:match("^(%a+) +([%w%-_.]+)$")
  if not scheme or scheme:lower() ~= "bearer" or #token > MAX_TOKEN_BYTES then
    return nil, true
  end
  return token
end

-- A part of the token: base64url without padding, holding one JSON object.
local function decode_part(part)
  local base64 = part:gsub("-", "+"):gsub("_", "/") .. ("="):rep(-#part % 4)
  local json = ngx.decode_base64(base64)
  local value = json and decode_json(json)
  return type(value) == "table" and value or nil
end

local function decode_token(token)
  local header, claims, signature = token:match("^([%w%-_]+)%.([%w%-_]+)%.([%w%-_]+)$")
  if not signature then
    return nil
  end
  return decode_part(header), decode_part(claims)
end

local function is_for(audience, wanted)
  if type(audience) ~= "table" then
    return audience == wanted
  end
  for _, one in ipairs(audience) do
    if one == wanted then
      return true
    end
  end
  return false
end

-- Visible ASCII without commas and spaces: with ", " in it, Kong takes a header for several.
local function is_subject(subject)
  return type(subject) == "string" and #subject <= 255 and subject:find("^[%w%-._~:@|+]+$") ~= nil
end

-- Why the claims are not those of an access token for this API; nil when they are.
local function flaw(header, claims)
  if header.alg ~= "RS256" then
    return "Token is not signed with RS256"
  elseif claims.typ ~= "Bearer" then
    return "Token is not an access token"
  elseif claims.iss ~= settings.issuer then
    return "Token is of another issuer"
  elseif not is_for(claims.aud, settings.audience) then
    return "Token is for another audience"
  elseif not is_subject(claims.sub) then
    return "Token has no usable subject"
  end
  return rotation.flaw(header, claims)
end

return function()
  clear_identity()
  rotation.begin()
  if settings.preflight and is_preflight() then
    return
  end

  local token, malformed = bearer_token()
  if malformed then
    return refuse_token("Authorization is not one bearer token")
  elseif not token then
    return refuse(401, "No bearer token")
  end

  local header, claims = decode_token(token)
  if not header or not claims then
    return refuse_token("Token is malformed")
  end
  local problem = flaw(header, claims)
  if problem then
    return refuse_token(problem)
  end
  -- The set holds strings only, so neither a number nor null nor a list is a tier (`jwt` answers those with 500).
  local tier = claims[settings.tier_claim]
  if not settings.tiers[tier] then
    return refuse(403, "Token has no known tier", "insufficient_scope")
  end

  -- `jwt` searches the header with a loose pattern: leave it exactly one token to find.
  kong.service.request.set_header("Authorization", "Bearer " .. token)
  kong.service.request.set_header(SUBJECT_HEADER, claims.sub)
  rotation.hand_over(token, tier)
end
