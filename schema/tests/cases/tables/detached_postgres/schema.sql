-- engines: default postgres

CREATE TABLE events (id int NOT NULL, at timestamptz NOT NULL, note text, CONSTRAINT pk PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_old PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE events_new PARTITION OF events DEFAULT;
ALTER TABLE events ADD COLUMN kind int;
ALTER TABLE events DETACH PARTITION events_old CONCURRENTLY;
ALTER TABLE events_old ADD COLUMN archived boolean;
ALTER TABLE events DETACH PARTITION nothing FINALIZE;
