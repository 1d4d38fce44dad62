-- Hands out messages of a group, those of a row in their order: a later one waits while an earlier one is taken.
--   KEYS  the stream, the hash of the rows of the group's pending entries
--   ARGV  the group, the most messages, the time after which one is handed out again in milliseconds, the most pending entries
-- Gives identifiers and bodies, one after the other.
--
-- A pending entry of the group is `taken` by a program, or `waiting` for an earlier one of its row.
local stream, rows = KEYS[1], KEYS[2]
local group, most, lease, room = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local taken, busy = {}, {}

local function give(id, fields)
  local body = ''
  for at = 1, #fields, 2 do
    if fields[at] == 'body' then body = fields[at + 1] end
  end
  taken[#taken + 1] = id
  taken[#taken + 1] = body
end

local function row_of(fields)
  for at = 1, #fields, 2 do
    if fields[at] == 'row' then return fields[at + 1] end
  end
  return ''
end

local function is_full()
  return #taken >= most * 2
end

-- Those that were handed out before, or left to wait, in their order.
local pending = redis.call('XPENDING', stream, group, '-', '+', room)
local known = {}
if #pending > 0 then
  local ids = {}
  for at, entry in ipairs(pending) do ids[at] = entry[1] end
  known = redis.call('HMGET', rows, unpack(ids))
end
for at, entry in ipairs(pending) do
  local id, owner, idle, row = entry[1], entry[2], entry[3], known[at] or ''
  local is_free = owner == 'waiting' or idle >= lease
  if busy[row] or not is_free or is_full() then
    busy[row] = true
  else
    local claimed = redis.call('XCLAIM', stream, group, 'taken', 0, id)[1]
    if claimed then
      give(id, claimed[2])
    else
      -- It was deleted from the stream.
      redis.call('XACK', stream, group, id)
      redis.call('HDEL', rows, id)
    end
  end
end

-- New ones, of which those of a row that is busy are left to wait.
local wanted = math.min(most - #taken / 2, room - #pending)
if wanted > 0 then
  local found = redis.call('XREADGROUP', 'GROUP', group, 'taken', 'COUNT', wanted, 'STREAMS', stream, '>')
  for _, entry in ipairs(found and found[1][2] or {}) do
    local id, fields = entry[1], entry[2]
    local row = row_of(fields)
    redis.call('HSET', rows, id, row)
    if busy[row] then
      redis.call('XCLAIM', stream, group, 'waiting', 0, id, 'JUSTID')
    else
      give(id, fields)
    end
  end
end

if #taken == 0 then return taken end

-- Entries that all groups are done with are deleted.
local function is_less(left, right)
  local left_time, left_number = left:match('^(%d+)-(%d+)$')
  local right_time, right_number = right:match('^(%d+)-(%d+)$')
  if left_time ~= right_time then return tonumber(left_time) < tonumber(right_time) end
  return tonumber(left_number) < tonumber(right_number)
end
local first
for _, info in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  local of = {}
  for at = 1, #info, 2 do of[info[at]] = info[at + 1] end
  local needed = of['last-delivered-id']
  if of['pending'] > 0 then needed = redis.call('XPENDING', stream, of['name'])[2] end
  if not first or is_less(needed, first) then first = needed end
end
redis.call('XTRIM', stream, 'MINID', '~', first)
return taken
