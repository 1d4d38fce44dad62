-- Adds a message, unless the same was added a short time ago.
--   KEYS  the stream, the mark of the message
--   ARGV  the time for which the mark is kept in milliseconds, the row, the body
-- The mark is written last: what fails before it is pushed again.
if redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('XADD', KEYS[1], '*', 'row', ARGV[2], 'body', ARGV[3])
  redis.call('SET', KEYS[2], '', 'PX', ARGV[1])
end
return 1
