-- The part of Kong's plugin development kit that the stand-in offers to pre- and post-functions.
-- `host` holds Python functions about the exchange being served; sandboxed code never sees them, only the
-- closures below.

local host, environment = ...

local kong, ngx = { request = {}, client = {}, response = {}, router = {}, node = {}, ip = {} }, {}
kong.service = { request = {}, response = {} }
kong.ctx = {}

local function must_be(kind, value, what)
  if type(value) ~= kind then
    error(what .. " must be a " .. kind, 3)
  end
end

-- Names in these tables are found without regard to case, and with underscores for dashes.
local headers_index = {
  __index = function(self, name)
    return type(name) == "string" and rawget(self, (name:lower():gsub("_", "-"))) or nil
  end,
}

local function exit(status, body, headers)
  host.exit(status, body, headers)
  coroutine.yield()
end

-- kong.request ------------------------------------------------------------------------------------------------

for _, name in ipairs({
  "get_scheme", "get_host", "get_port", "get_method", "get_path", "get_raw_path", "get_raw_query",
  "get_path_with_query", "get_query", "get_http_version", "get_raw_body", "get_body", "get_start_time",
  "get_forwarded_scheme", "get_forwarded_host", "get_forwarded_port", "get_forwarded_path", "get_uri_captures",
}) do
  local answer = host["request_" .. name]
  kong.request[name] = function() return answer() end
end

function kong.request.get_header(name)
  must_be("string", name, "header name")
  return host.request_get_header(name)
end

function kong.request.get_headers(max_headers)
  if max_headers ~= nil then
    must_be("number", max_headers, "max_headers")
    if max_headers < 1 then error("max_headers must be >= 1", 2) end
    if max_headers > 1000 then error("max_headers must be <= 1000", 2) end
  end
  return setmetatable(host.request_get_headers(max_headers), headers_index)
end

function kong.request.get_query_arg(name)
  must_be("string", name, "query argument name")
  local value = host.request_get_query()[name]
  return type(value) == "table" and value[1] or value
end

-- kong.client, kong.router, kong.node -------------------------------------------------------------------------

function kong.client.get_ip() return host.client_get_ip() end
kong.client.get_forwarded_ip = kong.client.get_ip -- no address is trusted by default
function kong.client.get_consumer() return host.client_get_consumer() end
function kong.client.get_credential() return host.client_get_credential() end
function kong.router.get_route() return host.router_get_route() end
function kong.router.get_service() return host.router_get_service() end
function kong.node.get_id() return host.node_get_id() end
function kong.ip.is_trusted() return false end

-- kong.db: of Kong's store, which Lua reaches from the sandbox (Kong: kong/plugins/pre-function/_handler.lua), one DAO
-- and one way to ask it (Kong: kong/db/dao/init.lua, DAO:select) --------------------------------------------------

kong.db = { keyauth_credentials = {} }

function kong.db.keyauth_credentials:select(primary_key)
  must_be("table", primary_key, "primary_key")
  must_be("string", primary_key.id, "id")
  return host.db_select_keyauth_credential(primary_key.id)
end

-- kong.service ------------------------------------------------------------------------------------------------

for _, name in ipairs({ "set_header", "add_header" }) do
  local change = host["service_" .. name]
  kong.service.request[name] = function(header, value)
    must_be("string", header, "header")
    change(header, type(value) == "table" and value or tostring(value))
  end
end

function kong.service.request.clear_header(header)
  must_be("string", header, "header")
  host.service_clear_header(header)
end

function kong.service.request.set_headers(headers)
  must_be("table", headers, "headers")
  for name, value in pairs(headers) do
    kong.service.request.set_header(name, value)
  end
end

for _, name in ipairs({ "set_path", "set_raw_query", "set_method", "set_raw_body" }) do
  local change = host["service_" .. name]
  kong.service.request[name] = function(value)
    must_be("string", value, "argument")
    change(value)
  end
end

function kong.service.response.get_status() return host.service_response_get_status() end
function kong.service.response.get_header(name) return host.response_get_header(name) end
function kong.service.response.get_headers() return setmetatable(host.response_get_headers(), headers_index) end

-- kong.response -----------------------------------------------------------------------------------------------

function kong.response.exit(status, body, headers)
  must_be("number", status, "code")
  if body ~= nil and type(body) ~= "string" and type(body) ~= "table" then
    error("body must be a nil, string or table", 2)
  end
  exit(status, body, headers)
end

function kong.response.error(status, message, headers)
  must_be("number", status, "code")
  host.response_error(status, message, headers)
  coroutine.yield()
end

function kong.response.get_status() return host.response_get_status() end
function kong.response.get_source() return host.response_get_source() end
function kong.response.get_header(name) return host.response_get_header(name) end
function kong.response.get_headers() return setmetatable(host.response_get_headers(), headers_index) end
function kong.response.set_header(name, value)
  must_be("string", name, "header")
  host.response_set_header(name, type(value) == "table" and value or tostring(value))
end
function kong.response.add_header(name, value) host.response_add_header(name, tostring(value)) end
function kong.response.clear_header(name) host.response_clear_header(name) end
function kong.response.set_headers(headers)
  for name, value in pairs(headers) do
    kong.response.set_header(name, value)
  end
end
function kong.response.get_raw_body() return host.response_get_raw_body() end
function kong.response.set_raw_body(body) host.response_set_raw_body(body) end

-- kong.ctx and kong.log ---------------------------------------------------------------------------------------

for _, name in ipairs({ "shared", "plugin" }) do
  local get, set = host["ctx_" .. name .. "_get"], host["ctx_" .. name .. "_set"]
  kong.ctx[name] = setmetatable({}, {
    __index = function(_, key) return get(key) end,
    __newindex = function(_, key, value) set(key, value) end,
  })
end

local log = {}
for _, level in ipairs({ "debug", "info", "notice", "warn", "err", "crit", "alert", "emerg" }) do
  log[level] = function(...)
    local words = {}
    for at = 1, select("#", ...) do
      words[at] = tostring((select(at, ...)))
    end
    host.log(level, table.concat(words))
  end
end
function log.set_serialize_value(key, value, options)
  must_be("string", key, "key")
  host.log_set_serialize_value(key, value, options and options.mode or "set")
end
function log.serialize() return host.log_serialize() end
kong.log = setmetatable(log, { __call = function(_, ...) log.notice(...) end })

-- ngx ---------------------------------------------------------------------------------------------------------

ngx.ERR, ngx.WARN, ngx.NOTICE, ngx.INFO, ngx.DEBUG = 4, 5, 6, 7, 8
ngx.OK = 0
ngx.log = function(_, ...) log.notice(...) end
function ngx.time() return host.time() end
function ngx.now() return host.now() end
function ngx.encode_base64(text, no_padding) return host.encode_base64(tostring(text), no_padding == true) end
function ngx.decode_base64(text)
  must_be("string", text, "argument")
  return host.decode_base64(text)
end
function ngx.get_phase() return host.phase() end
ngx.req = {
  get_method = kong.request.get_method,
  get_headers = kong.request.get_headers,
  set_header = kong.service.request.set_header,
  clear_header = kong.service.request.clear_header,
}
ngx.var = setmetatable({}, { __index = function(_, name) return host.variable(name) end })

-- Running -----------------------------------------------------------------------------------------------------

-- A chunk runs at each call; when it returns a function, that function runs instead from then on
-- (Kong: kong/plugins/pre-function/_handler.lua).
local function compile(code, name)
  local chunk, problem = load(code, name, "t", environment(kong, ngx))
  if not chunk then
    error(problem, 0)
  end
  local current
  current = function()
    local result = chunk()
    if type(result) == "function" then
      current = result
      result()
    end
  end
  return function() current() end
end

-- In a coroutine, because kong.response.exit() leaves the function from any depth, pcall or not.
local function run(fn)
  local ok, problem = coroutine.resume(coroutine.create(fn))
  return not ok and tostring(problem) or nil
end

local function evaluate(code, name)
  local chunk, problem = load(code, name, "t", environment(kong, ngx))
  local result
  if chunk then
    problem = run(function() result = chunk() end)
  end
  return { value = result, problem = problem }
end

return { compile = compile, run = run, evaluate = evaluate }
