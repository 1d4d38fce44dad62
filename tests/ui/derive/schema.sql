CREATE TABLE members (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL,
    nick VARCHAR(40),
    address TEXT NOT NULL,
    born DATE
);
