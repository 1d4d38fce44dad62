-- engines: default postgres
-- server: equal

CREATE TABLE sales (id bigint PRIMARY KEY, shop text NOT NULL, amount numeric(10,2) NOT NULL, sold_at timestamptz NOT NULL);
CREATE MATERIALIZED VIEW totals AS SELECT shop, sum(amount) AS total, count(*) AS sales FROM sales GROUP BY shop;
CREATE UNIQUE INDEX totals_by_shop ON totals (shop);
CREATE INDEX totals_by_size ON totals USING btree (total DESC, lower(shop)) WHERE sales > 1;
CREATE INDEX totals_gone ON totals (sales);
CREATE INDEX totals_old ON totals (sales);
DROP INDEX totals_gone;
ALTER INDEX totals_old RENAME TO totals_new;
CREATE VIEW big AS SELECT shop FROM totals WHERE total > 100;
