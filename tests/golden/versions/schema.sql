-- @dialect mysql

-- A page that several people edit.
-- @engines default, p, lite, proper
CREATE TABLE pages (
    id          BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    path        VARCHAR(100) NOT NULL UNIQUE,
    body        TEXT,
    revision    INT NOT NULL, -- @version
    changed_at  DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    changed_on  DATE -- @updated
);

-- A machine that says now and then that it is there: nothing of it changes but the time.
-- @engines default, p, lite, proper
-- @validate
CREATE TABLE machines (
    name        VARCHAR(40) NOT NULL PRIMARY KEY,
    version     SMALLINT UNSIGNED NOT NULL DEFAULT 7, -- @version
    seen_at     TIMESTAMP(2) NULL, -- @updated
    changed_at  TIMESTAMP(3) NOT NULL, -- @updated
    seen_to_the_second DATETIME(0) NULL, -- @updated
    -- @updated
    -- @skip
    hidden_at   DATETIME(3) NULL
);
