-- @dialect mysql

-- No more than six digits of a second are kept.
-- @engines default, b, m
CREATE TABLE moments (
    id BIGINT PRIMARY KEY,
    time_0 TIME(0) NULL,
    time_1 TIME(1) NULL,
    time_2 TIME(2) NULL,
    time_3 TIME(3) NULL,
    time_4 TIME(4) NULL,
    time_5 TIME(5) NULL,
    time_6 TIME(6) NULL,
    time_7 TIME(7) NULL,
    time_8 TIME(8) NULL,
    time_9 TIME(9) NULL,
    datetime_0 DATETIME(0) NULL,
    datetime_1 DATETIME(1) NULL,
    datetime_2 DATETIME(2) NULL,
    datetime_3 DATETIME(3) NULL,
    datetime_4 DATETIME(4) NULL,
    datetime_5 DATETIME(5) NULL,
    datetime_6 DATETIME(6) NULL,
    datetime_7 DATETIME(7) NULL,
    datetime_8 DATETIME(8) NULL,
    datetime_9 DATETIME(9) NULL,
    timestamp_0 TIMESTAMP(0) NULL,
    timestamp_1 TIMESTAMP(1) NULL,
    timestamp_2 TIMESTAMP(2) NULL,
    timestamp_3 TIMESTAMP(3) NULL,
    timestamp_4 TIMESTAMP(4) NULL,
    timestamp_5 TIMESTAMP(5) NULL,
    timestamp_6 TIMESTAMP(6) NULL,
    timestamp_7 TIMESTAMP(7) NULL,
    timestamp_8 TIMESTAMP(8) NULL,
    timestamp_9 TIMESTAMP(9) NULL,
    late DATETIME(3) NOT NULL DEFAULT '2026-11-20 12:00:00.1234',
    fine DATETIME(3) NOT NULL DEFAULT '2026-11-20 12:00:00.123000'
);
