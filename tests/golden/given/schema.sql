-- @dialect mysql
-- @engines default, p, lite, proper

-- A member, of whom little has to be known.
CREATE TABLE members (
    id        BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    email     VARCHAR(200) NOT NULL UNIQUE,
    name      VARCHAR(100), -- As they like to be called.
    born      SMALLINT,
    height    DOUBLE,
    card      VARCHAR(20) UNIQUE,
    brought_by BIGINT,
    points    INT NOT NULL DEFAULT 7,
    city      VARCHAR(40) NOT NULL DEFAULT 'here',
    colour    VARCHAR(20) DEFAULT 'red',
    UNIQUE (born, name),
    FOREIGN KEY (brought_by) REFERENCES members (id)
);

-- Names that methods, traits and operators have.
CREATE TABLE words (
    id        BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    `new`     INT,
    `clone`   INT,
    `default` INT,
    `into`    VARCHAR(20),
    `self`    INT,
    `type`    INT NOT NULL DEFAULT 1,
    `columns` INT,
    `given`   INT,
    `write`   INT,
    is_open   BOOLEAN,
    to_day    DATE,
    `sub`     INT
);

-- A setting, which no key but its name tells from others.
CREATE TABLE settings (
    name    VARCHAR(40) PRIMARY KEY,
    value   VARCHAR(80) NOT NULL,
    note    VARCHAR(80),
    changes INT NOT NULL DEFAULT 0 -- @version
);
