-- Records that a message is done with.
--   KEYS  the stream, the hash of the rows of the group's pending entries
--   ARGV  the group, the identifier
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
redis.call('HDEL', KEYS[2], ARGV[2])
return 1
