-- What a request meets on a route without a guard: the global `pre-function`, in the access phase.
--
-- Of several plugins of a name Kong runs the most specific one. A route that has a guard (guard.lua) therefore never
-- runs this; one that has none runs this, and passes only when the stack declares it public, or in Kong's own terms
-- with guards of its own. So a protected route lets nobody pass before its guard stands: not while an update is under
-- way, nor after one that was killed.
--
-- unguarded.py puts a local in front of this file: public, a set of these routes, by name or id.

-- Headers by which later plugins and the backend know the caller. Without a token nobody may set them.
local IDENTITY_HEADERS = {
  "TokenSubject", "X-Consumer-Groups", "X-Authenticated-Groups",
  -- What `jwt` sets or clears where it runs (Kong: kong/plugins/jwt/handler.lua, set_consumer).
  "X-Consumer-ID", "X-Consumer-Custom-ID", "X-Consumer-Username", "X-Credential-Identifier", "X-Anonymous-Consumer",
}

return function()
  for _, name in ipairs(IDENTITY_HEADERS) do
    kong.service.request.clear_header(name)
  end
  local route = kong.router.get_route()
  if not route or not public[route.name or route.id] then
    return kong.response.exit(503, { message = "This route has no guard yet" })
  end
end
