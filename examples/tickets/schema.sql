-- @dialect postgres

CREATE TABLE companies (
    id   BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE urgencies (
    code  VARCHAR(20) PRIMARY KEY,
    hours INTEGER NOT NULL
);

-- How many tickets each company has had.
CREATE TABLE counters (
    company_id BIGINT PRIMARY KEY REFERENCES companies (id),
    tickets    BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE tickets (
    company_id BIGINT NOT NULL REFERENCES companies (id),
    number     BIGINT NOT NULL,
    urgency    VARCHAR(20) NOT NULL REFERENCES urgencies (code),
    subject    TEXT NOT NULL,
    answers    BIGINT NOT NULL DEFAULT 0,
    is_open    BOOLEAN NOT NULL DEFAULT true,
    PRIMARY KEY (company_id, number)
);
CREATE INDEX tickets_urgency ON tickets (urgency);

CREATE TABLE answers (
    company_id BIGINT NOT NULL,
    ticket     BIGINT NOT NULL,
    number     BIGINT NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY (company_id, ticket, number),
    FOREIGN KEY (company_id, ticket) REFERENCES tickets (company_id, number)
);
