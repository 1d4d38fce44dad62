-- Columns whose values have types of the program's own.
CREATE TABLE goods (
    code        VARCHAR(20) PRIMARY KEY, -- @type crate::Code
    cents       BIGINT NOT NULL, -- @type crate::Money
    discount    BIGINT, -- @type crate::Money
    tags        TEXT NOT NULL DEFAULT '', -- @type crate::Listed<crate::Code>
    replaced_by VARCHAR(20) UNIQUE REFERENCES goods(code),
    UNIQUE (cents, discount)
);

CREATE TABLE stock (
    shelf       INTEGER NOT NULL,
    good        VARCHAR(20) NOT NULL REFERENCES goods(code),
    PRIMARY KEY (shelf, good)
);
