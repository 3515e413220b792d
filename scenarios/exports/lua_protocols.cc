#include "scenarios/exports/dissector.h"

namespace exports {

std::string_view lua_protocols() {
  return R"lua(
-- What was agreed on at each mailbox, and what a frame was read by when it was first seen.
glacis.fields = all_fields
local mailboxes, read_by = {}, {}
local interface_name = Field.new("frame.interface_name")

function glacis.init() mailboxes, read_by = {}, {} end

-- "inside of doe rp0 -> gpu0 (as sent)" is of the boundary "doe rp0 -> gpu0".
local function boundary()
  local info = interface_name()
  local name = info and tostring(info.value) or ""
  return (name:gsub("^inside of ", ""):gsub(" %(as sent%)$", ""))
end

local function mailbox_of()
  local name = boundary()
  mailboxes[name] = mailboxes[name] or {shape = default_shape, flags = {0, 0}}
  return mailboxes[name]
end

local function changed(shape, more)
  local out = {}
  for key, value in pairs(shape) do out[key] = value end
  for key, value in pairs(more) do out[key] = value end
  return out
end

-- What a message says of the sizes of those that follow.
local function learn(mailbox, name, m)
  local learned = {}
  if name == "KEY_EXCHANGE" or name == "PSK_EXCHANGE" then learned.summary = m.header.param1 ~= 0
  elseif name == "CHALLENGE" then learned.summary = m.header.param2 ~= 0
  elseif name == "GET_MEASUREMENTS" then learned.signed = bits(m.header.param1, 0, 1) == 1
  elseif name == "GET_CAPABILITIES" then mailbox.flags[1] = m.flags or 0
  elseif name == "CAPABILITIES" then mailbox.flags[2] = m.flags or 0
  elseif name == "ALGORITHMS" and m.whole then
    learned.digest, learned.signature = digest_sizes[m.base_hash_sel] or 0, signature_sizes[m.base_asym_sel] or 0
    learned.exchange, learned.requester_signature = 0, 0
    for _, t in ipairs(m.tables) do
      if t.type == 2 then learned.exchange = exchange_sizes[t.supported] or 0
      elseif t.type == 4 then learned.requester_signature = signature_sizes[t.supported] or 0 end
    end
    local keys = bits(mailbox.flags[2], 26, 2)
    learned.multi_key = keys == 1 or (keys == 2 and bits(m.other_params_selection, 4, 1) == 1)
  end
  learned.clear = bits(mailbox.flags[1], 15, 1) == 1 and bits(mailbox.flags[2], 15, 1) == 1
  mailbox.shape = changed(mailbox.shape, learned)
end

local function say(pinfo, protocol, info)
  pinfo.cols.protocol = protocol
  pinfo.cols.info = info
end

-- Who sends to whom: "link rp0 - gpu0.up" goes up, an answer at a mailbox comes back.
local function say_ends(pinfo)
  local name = boundary()
  local from, to, way = name:match("^link (%S+) %- (%S+)%.(%a+)$")
  if not from then from, to = name:match("(%S+) %-> (%S+)$") end
  if not from then return end
  if way == "up" or (not way and pinfo.p2p_dir == 1) then from, to = to, from end
  pinfo.cols.src, pinfo.cols.dst = from, to
end

local function sub(proto, tvb, at, stop, tree, text)
  local item = tree:add(proto, tvb(at, stop - at))
  item:set_text(text)
  return item
end

-- ---- messages in messages -------------------------------------------------------------------------------------------

local glacis_spdm, glacis_ide_km = Proto("glacis_spdm", "SPDM of Glacis"), Proto("glacis_ide_km", "IDE_KM of Glacis")
local glacis_tdisp = Proto("glacis_tdisp", "TDISP of Glacis")

local function show_vendor(tvb, at, stop, shape, tree, pinfo)
  if stop - at < 3 then return end
  local protocol = tvb(at, 1):uint()
  if protocol == 0 then
    local name = names_of["glacis.ide_km.query.object_id"][tvb(at + 1, 1):uint()]
    if not name then return end
    show("ide_km." .. name, tvb, at, stop, shape, sub(glacis_ide_km, tvb, at, stop, tree, "IDE_KM " .. name))
    say(pinfo, "IDE_KM", name)
  elseif protocol == 1 then
    local name = names_of["glacis.tdisp.header.code"][tvb(at + 2, 1):uint()]
    local item = sub(glacis_tdisp, tvb, at, stop, tree, "TDISP " .. (name or "of an unknown code"))
    local m = show("tdisp." .. (name or "HEADER"), tvb, at, stop, shape, item)
    say(pinfo, "TDISP", name or "TDISP of an unknown code")
    if name == "DEVICE_INTERFACE_REPORT" and m.whole and m.remainder_length == 0 and m.report_bytes.size >= 20 then
      local report = m.report_bytes
      show("tdisp.INTERFACE_REPORT", tvb, report.at, report.at + report.size, shape, item:add(tvb(report.at, report.size), "report"))
    end
  end
end

local function show_blocks(tvb, record, count, shape, tree)
  local at, stop = record.at, record.at + record.size
  for _ = 1, count do
    if at + 4 > stop then return end
    local size = 4 + tvb(at + 2, 2):le_uint()
    if at + size > stop then return end
    local item = tree:add(tvb(at, size), "measurement " .. tvb(at, 1):uint())
    local m = show("spdm.MEASUREMENT_BLOCK", tvb, at, at + size, shape, item)
    if m.whole and m.measurement_specification == 1 then
      show("spdm.DMTF_MEASUREMENT", tvb, at + 4, at + size, shape, item:add(tvb(at + 4, size - 4), "DMTF"))
    end
    at = at + size
  end
end

local inside = {}
function inside.MEASUREMENTS(tvb, m, shape, tree) show_blocks(tvb, m.measurement_record, m.number_of_blocks, shape, tree) end
local function vendor(tvb, m, shape, tree, pinfo)
  local id = m.vendor_id
  if m.standard_id == 3 and id.size == 2 and tvb(id.at, 2):le_uint() == 1 then
    show_vendor(tvb, m.payload.at, m.payload.at + m.payload.size, shape, tree, pinfo)
  end
end
inside.VENDOR_DEFINED_REQUEST, inside.VENDOR_DEFINED_RESPONSE = vendor, vendor

local function show_spdm(tvb, at, stop, pinfo, tree, mailbox, padded, key)
  if stop - at < 2 then
    refuse({}, stop > at and sub(glacis_spdm, tvb, at, stop, tree, "SPDM") or tree:add(glacis_spdm), "no SPDM message")
    return
  end
  local shape = pinfo.visited and read_by[key] or mailbox.shape
  read_by[key] = shape
  local name = names_of["glacis.spdm.header.code"][tvb(at + 1, 1):uint()]
  local item = sub(glacis_spdm, tvb, at, stop, tree, "SPDM " .. (name or "of an unknown code"))
  if not name or not layouts["spdm." .. name] then
    say(pinfo, "SPDM", name or "SPDM of an unknown code")
    show("spdm.HEADER", tvb, at, math.min(stop, at + 4), shape, item)
    if not name then refuse({}, item, "unknown code") end
    return
  end
  say(pinfo, "SPDM", name)
  local m, finish = show("spdm." .. name, tvb, at, stop, shape, item, padded)
  item:set_len(finish - at)
  if m.header and m.header.param1 and not pinfo.visited then learn(mailbox, name, m) end
  if m.whole and inside[name] then inside[name](tvb, m, shape, item, pinfo) end
end

-- ---- what a capture has ---------------------------------------------------------------------------------------------

local glacis_doe, glacis_tlp = Proto("glacis_doe", "Data object of Glacis"), Proto("glacis_tlp", "PCIe packet of Glacis")
local glacis_session = Proto("glacis_session", "Inside of a session of Glacis")

function glacis_doe.dissector(tvb, pinfo, tree)
  local size = tvb:len()
  say_ends(pinfo)
  say(pinfo, "DOE", "data object")
  local item = sub(glacis_doe, tvb, 0, size, tree, "Data object")
  local m = show("doe.OBJECT", tvb, 0, size, default_shape, item)
  local content = m.content
  if not content or content.size == 0 or m.header.vendor_id ~= 1 then return end
  local at, stop, mailbox = content.at, content.at + content.size, mailbox_of()
  if m.header.type == 0 then
    local answer = pinfo.p2p_dir == 1  -- received
    if pinfo.p2p_dir < 0 then  -- a capture that does not tell: they take turns
      if read_by[pinfo.number] == nil then
        read_by[pinfo.number], mailbox.asked = mailbox.asked or false, not mailbox.asked
      end
      answer = read_by[pinfo.number]
    end
    say(pinfo, "DOE", answer and "DISCOVERY response" or "DISCOVERY request")
    show(answer and "doe.DISCOVERY_RESPONSE" or "doe.DISCOVERY_REQUEST", tvb, at, stop, default_shape, item:add(tvb(at, stop - at), "discovery"))
  elseif m.header.type == 1 then
    show_spdm(tvb, at, stop, pinfo, tree, mailbox, true, pinfo.number)
  elseif m.header.type == 2 then
    local sealed = sub(glacis_spdm, tvb, at, stop, tree, "Secured SPDM")
    local record = show("spdm.SECURED_RECORD", tvb, at, stop, default_shape, sealed, true)
    say(pinfo, "SPDM", record.session_id and string.format("record of session 0x%08x", record.session_id) or "record")
  end
end

function glacis_session.dissector(tvb, pinfo, tree)
  say_ends(pinfo)
  show_spdm(tvb, 0, tvb:len(), pinfo, tree, mailbox_of(), false, pinfo.number)
end

local function text_of(m)
  local name = m.type and names_of["glacis.tlp.type"][m.type] or "packet"
  local id = m.requester
  if not id then return name end
  return string.format("%s %02x:%02x.%d tag 0x%x", name, bits(id, 8, 8), bits(id, 3, 5), bits(id, 0, 3), m.tag_bits or 0)
end

function glacis_tlp.dissector(tvb, pinfo, tree)
  local size = tvb:len()
  say_ends(pinfo)
  say(pinfo, "TLP", "packet")
  if size == 0 then return end
  local sealed = tvb(0, 1):uint() == 0x92
  local item = sub(glacis_tlp, tvb, 0, size, tree, sealed and "PCIe packet in an IDE stream" or "PCIe packet")
  local m = show(sealed and "ide.PACKET" or "tlp.TLP", tvb, 0, size, default_shape, item)
  local text = text_of(sealed and m.tlp or m)
  if sealed then say(pinfo, "IDE", string.format("stream %d, %s", m.prefix and m.prefix.stream or 0, text)) else say(pinfo, "TLP", text) end
end

local encapsulations = DissectorTable.get("wtap_encap")
encapsulations:add(wtap.USER0, glacis_doe)
encapsulations:add(wtap.USER1, glacis_tlp)
encapsulations:add(wtap.USER2, glacis_session)

glacis.prefs.link_292 = Pref.bool("Link type 292 is data objects", false, "As SPDM tools and --pcap use it. It is registered for something else.")
function glacis.prefs_changed()
  if glacis.prefs.link_292 then encapsulations:set(wtap.ZBNCP, glacis_doe) end
end
)lua";
}

}  // namespace exports
