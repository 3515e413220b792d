#include "scenarios/exports/dissector.h"

namespace exports {

std::string_view lua_walker() {
  return R"lua(-- Dissector for captures of Glacis, made by `glacis dissector` from the layouts with which Glacis encodes.
-- Into the folder of personal Lua plugins (Help, About Wireshark, Folders), or: tshark -X lua_script:glacis.lua -r FILE

local glacis = Proto("glacis", "Glacis")
local refused = ProtoExpert.new("glacis.refused", "A strict reader refuses this", expert.group.MALFORMED, expert.severity.ERROR)
glacis.experts = {refused}

local f, names_of, layouts, all_fields = {}, {}, {}, {}
local makers = {[0] = ProtoField.bytes, ProtoField.uint8, ProtoField.uint16, ProtoField.uint24, ProtoField.uint32,
                ProtoField.uint64, ProtoField.uint64, ProtoField.uint64, ProtoField.uint64}

local function field(key, label, width, names)
  if width == 0 then f[key] = makers[0](key, label)
  else f[key] = makers[width](key, label, base.HEX, names) end
  names_of[key] = names
  all_fields[#all_fields + 1] = f[key]
end

local function bits(number, lowest, count) return math.floor(number / 2 ^ lowest) % 2 ^ count end
local function ones(number)
  local count = 0
  while number > 0 do
    count = count + number % 2
    number = math.floor(number / 2)
  end
  return count
end
local function is_completion(m) return m.type == 0x0a or m.type == 0x4a end
local function is_config(m) return m.type == 0x04 or m.type == 0x44 or m.type == 0x05 or m.type == 0x45 end
local function is_message(m)
  local high = m.type - m.type % 8
  return (high == 0x30 or high == 0x70) and m.type % 8 <= 5
end

-- A walk: `tvb`, where it is (`at`), where its bytes end (`stop`), what was agreed on before (`shape`). A word of a layout is called with the
-- walk, itself, the tree it shows in, the values of its message and where that one starts. False: the walk ends here.

local function refuse(walk, tree, text)
  tree:add_proto_expert_info(refused, text)
  walk.refused = true
  return false
end

local function need(walk, tree, name, size)
  local left = walk.stop - walk.at
  if size <= left then return true end
  return refuse(walk, tree, string.format("%s needs %d bytes, %d left", name, size, left))
end

local function walk_words(walk, words, tree, m, start)
  for _, word in ipairs(words) do
    if not word[1](walk, word, tree, m, start) then return false end
  end
  return true
end

local function mark(walk, item)
  if walk.index then item:prepend_text("[" .. walk.index .. "] ") end
end

local function number(walk, word, tree, m)
  local name, width, big, key = word[2], word[3], word[4], word[5]
  if not need(walk, tree, name, width) then return false end
  local range = walk.tvb(walk.at, width)
  mark(walk, big and tree:add(f[key], range) or tree:add_le(f[key], range))
  -- Numbers that say what follows have four bytes at most.
  if width <= 4 then m[name] = big and range:uint() or range:le_uint() end
  walk.at = walk.at + width
  return true
end

local function take(walk, tree, m, name, key, size)
  if not need(walk, tree, name, size) then return false end
  m[name] = {at = walk.at, size = size}
  if size > 0 then mark(walk, tree:add(f[key], walk.tvb(walk.at, size))) end
  walk.at = walk.at + size
  return true
end

local function bytes(walk, word, tree, m) return take(walk, tree, m, word[2], word[4], word[3]) end
local function rest(walk, word, tree, m) return take(walk, tree, m, word[2], word[3], walk.stop - walk.at) end

local function message(walk, word, tree, m)
  local name, begin, sub, index = word[2], walk.at, tree, walk.index
  if walk.at < walk.stop then sub = tree:add(walk.tvb(walk.at, walk.stop - walk.at), name .. (index and "[" .. index .. "]" or "")) end
  walk.index = nil
  m[name] = {}
  local ok = walk_words(walk, word[3], sub, m[name], begin)
  walk.index = index
  if sub ~= tree then sub:set_len(walk.at - begin) end
  return ok
end

local function items(walk, name, count, item, tree, m)
  local all = {}
  for i = 0, count - 1 do
    local one = {}
    walk.index = i
    local ok = item[1](walk, item, tree, one, walk.at)
    walk.index = nil
    if not ok then return false end
    all[#all + 1] = one[name]
  end
  m[name] = all
  return true
end

local function array(walk, word, tree, m) return items(walk, word[2], word[3], word[4], tree, m) end

local function counted(walk, word, tree, m, size_min)
  local count = word[3](m, walk.shape)
  local left = walk.stop - walk.at
  if count * math.max(size_min, 1) <= left then return count end
  refuse(walk, tree, string.format("%s: %d items do not fit into %d bytes", word[2], count, left))
  return nil
end

local function run(walk, word, tree, m)
  local count = counted(walk, word, tree, m, word[4])
  return count ~= nil and items(walk, word[2], count, word[5], tree, m)
end

local function byte_run(walk, word, tree, m)
  local count = counted(walk, word, tree, m, 1)
  return count ~= nil and take(walk, tree, m, word[2], word[4], count)
end

local function unused(walk, tree, key, size, loose)
  if not need(walk, tree, "reserved", size) then return false end
  local zero = true
  for i = walk.at, walk.at + size - 1 do zero = zero and walk.tvb(i, 1):uint() == 0 end
  if not zero then
    local item = tree:add(f[key], walk.tvb(walk.at, size))
    if not loose then refuse(walk, item, "reserved byte is not zero") end
  end
  walk.at = walk.at + size
  return true
end

local function reserved(walk, word, tree) return unused(walk, tree, word[4], word[2], word[3]) end

local function up_to(walk, tree, offset, loose, key)
  if offset < walk.at then return refuse(walk, tree, "runs past an offset that is fixed") end
  return unused(walk, tree, key, offset - walk.at, loose)
end

local function gap_to(walk, word, tree, m, start) return up_to(walk, tree, start + word[2], word[3], word[4]) end
local function align(walk, word, tree, m, start)
  return up_to(walk, tree, start + math.ceil((walk.at - start) / word[2]) * word[2], word[3], word[4])
end

local function when(walk, word, tree, m, start)
  local present = word[2](m, walk.shape)
  return not present or present == 0 or walk_words(walk, word[3], tree, m, start)
end

local function demand(walk, word, tree, m)
  return word[2](m, walk.shape) or refuse(walk, tree, "a value that means nothing here")
end

-- Shows the bytes from `at` to `stop` as this layout has them; the values, and where the walk ended. What is left over is refused, unless
-- it may be what fills up a dword.
local function show(layout, tvb, at, stop, shape, tree, padded)
  local walk, m = {tvb = tvb, at = at, stop = stop, shape = shape}, {}
  if walk_words(walk, layouts[layout], tree, m, at) then
    local left, zero = stop - walk.at, true
    for i = walk.at, math.min(stop, walk.at + 4) - 1 do zero = zero and tvb(i, 1):uint() == 0 end
    if left > 0 and not (padded and left < 4 and zero) then refuse(walk, tree, left .. " bytes too many") end
    m.whole = true
  end
  return m, walk.at
end
)lua";
}

}  // namespace exports
