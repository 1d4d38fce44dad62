
CREATE TABLE events (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at DATETIME(3) NOT NULL,
    ended TIMESTAMP NULL,
    doc JSON NOT NULL,
    mood ENUM ('sad', 'glad', 'calm') NOT NULL,
    flags SET ('a', 'b'),
    tiny TINYINT UNSIGNED NOT NULL,
    made YEAR NOT NULL,
    bytes VARBINARY(20),
    clock TIME,
    share FLOAT NOT NULL,
    code CHAR(3) NOT NULL,
    twice INTEGER AS (tiny * 2) STORED
);
CREATE TABLE articles (id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(80) NOT NULL, body TEXT, small SMALLINT UNSIGNED, FULLTEXT KEY (title, body));
