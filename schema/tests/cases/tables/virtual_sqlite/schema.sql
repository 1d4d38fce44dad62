-- engines: default sqlite

CREATE VIRTUAL TABLE mail USING fts5(subject, "the body", sender UNINDEXED, tokenize = 'porter ascii', prefix='2 3', content='');
CREATE TABLE IF NOT EXISTS 'mail_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE IF NOT EXISTS 'mail_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
-- Pages of the wiki.
CREATE VIRTUAL TABLE IF NOT EXISTS pages USING fts4(
  title VARCHAR(20) NOT NULL, -- What stands above.
  body TEXT,
  notindexed=body, tokenize=unicode61 "remove_diacritics=0", order=desc
);
CREATE TABLE 'pages_content'(docid INTEGER PRIMARY KEY, 'c0title');
CREATE VIRTUAL TABLE old USING fts3(a, tokenize porter);
CREATE VIRTUAL TABLE bare USING fts4;
CREATE VIRTUAL TABLE empty USING fts3();
CREATE VIRTUAL TABLE places USING rtree(id, min_x, max_x, min_y, max_y, +name TEXT NOT NULL, +kind INTEGER);
CREATE TABLE "places_node"(nodeno INTEGER PRIMARY KEY, data);
CREATE VIRTUAL TABLE grid USING rtree_i32(key, low, high);
CREATE VIRTUAL TABLE words USING fts5vocab(mail, 'row');
CREATE VIRTUAL TABLE broken USING rtree(id, 'x', );
DROP TABLE old;
