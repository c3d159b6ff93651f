-- A strict reader for JSON (RFC 8259), as an expression's body: it returns `decode`.
--
-- Kong's default sandbox has no JSON decoder (`require` is refused and cjson is no global), so the guard
-- brings one. It must never understand a document differently from cjson, with which the jwt plugin
-- reads the same token: it therefore accepts less than cjson does (no repeated names, no NaN, no
-- unpaired surrogates, little nesting), and what both accept has one meaning.

local MAX_DEPTH = 16

local NULL = {} -- neither a string nor true, so no check takes it for a value

local ESCAPES = {
  ['"'] = '"', ["\\"] = "\\", ["/"] = "/",
  b = "\b", f = "\f", n = "\n", r = "\r", t = "\t",
}

local function skip_space(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

local function utf8_char(code)
  if code < 0x80 then
    return string.char(code)
  elseif code < 0x800 then
    return string.char(0xC0 + math.floor(code / 0x40), 0x80 + code % 0x40)
  elseif code < 0x10000 then
    return string.char(0xE0 + math.floor(code / 0x1000), 0x80 + math.floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
  end
  return string.char(
    0xF0 + math.floor(code / 0x40000), 0x80 + math.floor(code / 0x1000) % 0x40,
    0x80 + math.floor(code / 0x40) % 0x40, 0x80 + code % 0x40
  )
end

local function read_hex(text, at)
  return tonumber(assert(text:match("^%x%x%x%x", at)), 16), at + 4
end

-- `at` is the character after the backslash.
local function read_escape(text, at)
  local kind = text:sub(at, at)
  if kind ~= "u" then
    return assert(ESCAPES[kind]), at + 1
  end
  local code, after = read_hex(text, at + 1)
  assert(code < 0xDC00 or code > 0xDFFF)
  if code >= 0xD800 and code <= 0xDBFF then
    assert(text:sub(after, after + 1) == "\\u")
    local low
    low, after = read_hex(text, after + 2)
    assert(low >= 0xDC00 and low <= 0xDFFF)
    code = 0x10000 + (code - 0xD800) * 0x400 + (low - 0xDC00)
  end
  return utf8_char(code), after
end

-- `at` is the opening quote.
local function read_string(text, at)
  local pieces, from = {}, at + 1
  while true do
    local stop = assert(text:find('[%z\1-\31"\\]', from))
    pieces[#pieces + 1] = text:sub(from, stop - 1)
    local char = text:sub(stop, stop)
    if char == '"' then
      return table.concat(pieces), stop + 1
    end
    assert(char == "\\")
    pieces[#pieces + 1], from = read_escape(text, stop + 1)
  end
end

local function read_number(text, at)
  local _, stop = text:find("^-?%d+", at)
  assert(stop and not text:find("^-?0%d", at))
  local _, fraction = text:find("^%.%d+", stop + 1)
  stop = fraction or stop
  local _, exponent = text:find("^[eE][+-]?%d+", stop + 1)
  stop = exponent or stop
  return tonumber(text:sub(at, stop)), stop + 1
end

local function read_word(text, at, word, value)
  assert(text:sub(at, at + #word - 1) == word)
  return value, at + #word
end

local read_value

-- What follows an element: the closing bracket (returned as true) or the comma before another element.
local function read_separator(text, at, close)
  at = skip_space(text, at)
  local char = text:sub(at, at)
  assert(char == close or char == ",")
  return char == close, skip_space(text, at + 1)
end

local function read_array(text, at, depth)
  local array, closed = {}, false
  at = skip_space(text, at + 1)
  if text:sub(at, at) == "]" then
    return array, at + 1
  end
  while not closed do
    array[#array + 1], at = read_value(text, at, depth)
    closed, at = read_separator(text, at, "]")
  end
  return array, at
end

local function read_object(text, at, depth)
  local object, closed = {}, false
  at = skip_space(text, at + 1)
  if text:sub(at, at) == "}" then
    return object, at + 1
  end
  while not closed do
    assert(text:sub(at, at) == '"')
    local name
    name, at = read_string(text, at)
    at = skip_space(text, at)
    assert(text:sub(at, at) == ":" and object[name] == nil)
    object[name], at = read_value(text, skip_space(text, at + 1), depth)
    closed, at = read_separator(text, at, "}")
  end
  return object, at
end

function read_value(text, at, depth)
  assert(depth <= MAX_DEPTH)
  local char = text:sub(at, at)
  if char == '"' then
    return read_string(text, at)
  elseif char == "{" then
    return read_object(text, at, depth + 1)
  elseif char == "[" then
    return read_array(text, at, depth + 1)
  elseif char == "t" then
    return read_word(text, at, "true", true)
  elseif char == "f" then
    return read_word(text, at, "false", false)
  elseif char == "n" then
    return read_word(text, at, "null", NULL)
  end
  return read_number(text, at)
end

local function read_document(text)
  local value, at = read_value(text, skip_space(text, 1), 1)
  assert(skip_space(text, at) == #text + 1)
  return value
end

-- The value of a JSON document; nil when it is none.
return function(text)
  local ok, value = pcall(read_document, text)
  if ok then
    return value
  end
end
