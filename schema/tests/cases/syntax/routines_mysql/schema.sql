-- engines: default mysql

-- A procedure that is called is played where it is called first. Of `NOT NULL` and `NULL` the last word counts.
CREATE TABLE person (id int PRIMARY KEY, kind smallint);
DELIMITER $$
DROP PROCEDURE IF EXISTS `add_kinds` $$
CREATE DEFINER=`root`@`localhost` PROCEDURE `add_kinds`()
BEGIN
  DECLARE CONTINUE HANDLER FOR 1060 BEGIN END;
  IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'person' AND column_name = 'note') THEN
    ALTER TABLE person ADD COLUMN note varchar(20) NOT NULL DEFAULT '' NULL;
  END IF;
  CREATE TABLE kind (id smallint PRIMARY KEY);
  WHILE 1 < 0 DO CREATE INDEX kinds ON person (kind); END WHILE;
END $$
DELIMITER ;
CALL add_kinds();
DROP PROCEDURE add_kinds;
