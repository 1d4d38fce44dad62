-- engines: default postgres

CREATE TABLE sales (id bigint PRIMARY KEY, shop text NOT NULL);
CREATE MATERIALIZED VIEW totals AS SELECT shop, count(*) AS sales FROM sales GROUP BY shop;
CREATE INDEX totals_wrong ON totals (shopp);
