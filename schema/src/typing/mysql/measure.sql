-- Calls each of `calls` over the samples of as many tables as it names; 0: without a row, -1: with one. The answer is the type, or `-`
-- where the call is refused, and the number of NULLs, -1 where a value is refused.
SET NAMES utf8mb4;
CREATE TABLE samples (
  c_int INT NOT NULL, c_uint BIGINT UNSIGNED NOT NULL, c_decimal DECIMAL(10,2) NOT NULL, c_double DOUBLE NOT NULL,
  c_text VARCHAR(40) NOT NULL, c_bytes VARBINARY(40) NOT NULL, c_date DATE NOT NULL, c_time TIME NOT NULL,
  c_datetime DATETIME NOT NULL, c_timestamp TIMESTAMP NOT NULL, c_year YEAR NOT NULL, c_enum ENUM('a', '2') NOT NULL
);
INSERT INTO samples VALUES
  (0, 0, 0, 0, '', '', '2026-11-27', '00:00:00', '2026-11-27 01:02:03', '2026-11-27 01:02:03', 2026, 'a'),
  (-1, 1, -1.5, -1.5, 'a', 'a', '1000-01-01', '-838:59:59', '1000-01-01 00:00:00', '1970-01-01 12:00:01', 1901, '2'),
  (2, 2, 2.25, 0.5, '2', '2', '2024-02-29', '12:30:00', '9999-12-31 23:59:59', '2038-01-01 00:00:00', 2155, 'a'),
  (1000000000, 18446744073709551615, 99999999.99, 1e300, '2026-11-27', '{"a": null}', '9999-12-31', '838:59:59', '2000-01-01 00:00:00', '2000-01-01 00:00:00', 2000, '2'),
  (1, 100, 1, 100, '[1, null]', '$.a', '2000-01-01', '00:00:01', '2001-01-01 00:00:00', '2001-01-01 00:00:00', 2001, 'a');
CREATE TABLE calls (id INT PRIMARY KEY, expression TEXT NOT NULL, tables INT NOT NULL);
CREATE TABLE answers (id INT PRIMARY KEY, type TEXT NOT NULL, nulls BIGINT NOT NULL);
DELIMITER $$
CREATE PROCEDURE measure()
BEGIN
  DECLARE one INT;
  DECLARE called, place TEXT;
  DECLARE count, is_refused, is_known, is_done INT DEFAULT 0;
  DECLARE all_calls CURSOR FOR SELECT id, expression, tables FROM calls ORDER BY id;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET is_done = 1;
  OPEN all_calls;
  each_call: LOOP
    FETCH all_calls INTO one, called, count;
    IF is_done THEN LEAVE each_call; END IF;
    BEGIN
      DECLARE CONTINUE HANDLER FOR SQLEXCEPTION SET is_refused = 1;
      SET is_refused = 0, @nulls = 0;
      SET place = CONCAT(' AS c FROM ', IF(count < 1, CONCAT('(SELECT * FROM samples LIMIT ', -count, ') AS x1'), 'samples AS x1'), IF(count > 1, ', samples AS x2', ''), IF(count > 2, ', samples AS x3', ''), IF(count > 3, ', samples AS x4', ''));
      EXECUTE IMMEDIATE CONCAT('CREATE OR REPLACE TABLE result AS SELECT ', called, place, ' LIMIT 0');
      SET is_known = NOT is_refused;
      IF is_known THEN
        SET @nulls = -1;
        EXECUTE IMMEDIATE CONCAT('SELECT COUNT(*) INTO @nulls FROM (SELECT ', called, place, ') AS q WHERE c IS NULL');
      END IF;
      IF is_known THEN
        INSERT INTO answers SELECT one, column_type, @nulls FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'result';
      ELSE
        INSERT INTO answers VALUES (one, '-', 0);
      END IF;
    END;
    SET is_done = 0;
  END LOOP;
  CLOSE all_calls;
END$$
DELIMITER ;
