-- @dialect mysql

-- What a sensor has measured: columns that each database refuses other values for.
-- @engines default, p, lite, proper
CREATE TABLE readings (
    sensor      BIGINT UNSIGNED NOT NULL,
    slot        INT NOT NULL,
    label       VARCHAR(60) NOT NULL UNIQUE,
    value       DOUBLE NOT NULL,
    level       DOUBLE(7,2) NOT NULL,
    share       FLOAT(6,3) NOT NULL,
    note        VARCHAR(60) NULL,
    revision    INT NOT NULL, -- @version
    PRIMARY KEY (slot, sensor)
);
