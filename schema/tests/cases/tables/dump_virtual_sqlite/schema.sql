PRAGMA writable_schema=ON;
INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','it''s','it''s',0,'CREATE VIRTUAL TABLE "it''s" using fts5(a)');
CREATE TABLE IF NOT EXISTS 'it''s_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE IF NOT EXISTS 'it''s_config'(k PRIMARY KEY, v) WITHOUT ROWID;
CREATE TABLE own_config (id INTEGER PRIMARY KEY);
INSERT INTO own_config VALUES (1);
PRAGMA writable_schema=OFF;
