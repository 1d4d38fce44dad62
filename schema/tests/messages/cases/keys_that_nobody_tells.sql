-- @dialect postgres

-- @engines default, m, n, o
CREATE TABLE visits (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid()
);

-- @engines default, o
CREATE TABLE stays (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid()
);
