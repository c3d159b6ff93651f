-- Kong's default sandbox for Lua that administrators send (untrusted_lua = sandbox):
-- the names below, `kong` and `ngx`, and nothing else. Bytecode is refused, `require` finds nothing
-- (Kong: kong/tools/sandbox.lua and kong-lua-sandbox.lua).

local ALLOWED = {
  "_VERSION", "assert", "error", "ipairs", "next", "pairs", "pcall", "select", "tonumber", "tostring", "type",
  "unpack", "xpcall",
  coroutine = { "create", "resume", "running", "status", "wrap", "yield" },
  math = {
    "abs", "acos", "asin", "atan", "atan2", "ceil", "cos", "cosh", "deg", "exp", "fmod", "floor", "frexp", "huge",
    "ldexp", "log", "log10", "max", "min", "modf", "pi", "pow", "rad", "random", "sin", "sinh", "sqrt", "tan",
    "tanh",
  },
  os = { "clock", "date", "difftime", "time" },
  string = {
    "byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match", "rep", "reverse", "sub", "upper",
  },
  table = { "concat", "insert", "maxn", "remove", "sort" },
}

local function read_only(name, functions)
  local allowed = {}
  for _, key in ipairs(functions) do
    allowed[key] = _G[name][key]
  end
  return setmetatable({}, {
    __index = allowed,
    __newindex = function(_, key)
      error("Can not modify " .. name .. "." .. key .. ". Protected by the sandbox.")
    end,
  })
end

local function environment(kong, ngx)
  local env = { kong = kong, ngx = ngx }
  for key, value in pairs(ALLOWED) do
    if type(value) == "table" then
      env[key] = read_only(key, value)
    else
      env[value] = _G[value]
    end
  end
  env.require = function(module)
    error(string.format("require '%s' not allowed within sandbox", tostring(module)))
  end
  env._G = env
  return env
end

return environment
