-- Notes that other programs write, too.
-- @engines default, p, m
-- @capture
-- @sync from default to p captured
-- @sync from p to m captured
-- @sync from m to default captured
CREATE TABLE notes (
    id   BIGINT PRIMARY KEY,
    slug VARCHAR(100) NOT NULL UNIQUE,
    body VARCHAR(400) NOT NULL
);

-- Names that have to be quoted, and a key of several columns.
-- @engines default, p, m
-- @model Order
-- @capture
CREATE TABLE "order by" (
    "select" VARCHAR(60) NOT NULL,
    "it's"   INTEGER NOT NULL, -- @name its
    "group"  UUID NOT NULL,
    "end"    VARCHAR(60),
    PRIMARY KEY ("select", "it's", "group")
);

-- Remarks, which go with their note.
-- @engines default, p
-- @capture
CREATE TABLE remarks (
    id      BIGINT PRIMARY KEY,
    note_id BIGINT NOT NULL REFERENCES notes (id) ON DELETE CASCADE,
    body    VARCHAR(100)
);

CREATE INDEX remarks_note ON remarks (note_id);

-- Links to notes of another engine.
CREATE TABLE mentions (
    id      BIGINT PRIMARY KEY,
    note_id BIGINT NOT NULL -- @link notes(id) on p
);
