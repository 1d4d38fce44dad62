CREATE TABLE tenants (id BIGINT NOT NULL PRIMARY KEY, plan VARCHAR(10) NOT NULL CHECK (plan IN ('free', 'paid')), seats INTEGER NOT NULL CHECK (seats BETWEEN 5 AND 9), low INTEGER NOT NULL CHECK (low < 0));
CREATE TABLE members (tenant_id BIGINT NOT NULL, id BIGINT NOT NULL, email VARCHAR(90) NOT NULL CHECK (email LIKE '%@%'), begins DATE NOT NULL, ends DATE NOT NULL, gone DATE, why VARCHAR(9), country CHAR(2) NOT NULL CHECK (length(country) = 2),
  PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id) REFERENCES tenants (id), CHECK (begins < ends), CHECK ((gone IS NULL) = (why IS NULL)));
CREATE TABLE profiles (tenant_id BIGINT NOT NULL, member_id BIGINT NOT NULL UNIQUE, kind VARCHAR(10), body VARCHAR(99) NOT NULL CHECK (length(body) > 20), FOREIGN KEY (tenant_id) REFERENCES tenants (id), FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id), CHECK (kind IS NOT NULL));
CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY, b_id BIGINT);
CREATE TABLE b (id BIGINT NOT NULL PRIMARY KEY, a_id BIGINT NOT NULL, FOREIGN KEY (a_id) REFERENCES a (id));
