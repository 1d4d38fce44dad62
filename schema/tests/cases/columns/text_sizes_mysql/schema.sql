-- engines: default mysql
-- server: equal

-- TEXT(n) has room for n characters of its character set.
CREATE TABLE a (
  a text(16384),
  b text(16383),
  c text(16384) CHARACTER SET latin1,
  d text(65536) CHARSET latin1,
  e blob(65535),
  f blob(65536),
  g text(63),
  h text(64),
  i text(21845) CHARACTER SET utf8,
  j text(21846) CHARACTER SET utf8,
  k text(4194304),
  l text(20000) COLLATE latin1_bin,
  m text(32768) CHARACTER SET ucs2,
  n text(0)
) CHARSET=utf8mb4;
CREATE TABLE b (a text(16384), b text(65536)) DEFAULT CHARACTER SET latin1;
CREATE TABLE c (a text(16384)) COLLATE latin1_bin;
CREATE TABLE d (a text(16384), b int);
ALTER TABLE d MODIFY b text(20000), ADD c text(100);
