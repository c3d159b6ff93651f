-- The witness of the seamless scheme: the global `post-function`, after every other plugin of the access phase.
--
-- A guarded request passes when `jwt` has verified the very token that the guard has read, and `key-auth` has taken the
-- very key that the guard has handed over. As long as one of them is missing, nobody passes, not even on a route whose
-- guard and gate are missing as well. A tier's key counts nowhere else.
--
-- witness.py puts two locals in front of this file:
--   public       a set of routes, by name or id, that pass without a guard
--   credentials  a set: the ids of the tiers' key-auth credentials

local function is_proven(shared, credential)
  return shared.guarded_token ~= nil
    and shared.guarded_token == shared.authenticated_jwt_token
    and credential ~= nil
    and shared.guarded_credential == credential.id
end

local function may_do_without(route, credential)
  return route and public[route.name or route.id] and not (credential and credentials[credential.id])
end

return function()
  local shared, credential = kong.ctx.shared, kong.client.get_credential()
  if is_proven(shared, credential) then
    return
  end
  if shared.guarded or not may_do_without(kong.router.get_route(), credential) then
    return kong.response.exit(503, { message = "This route has no guard yet" })
  end
end
