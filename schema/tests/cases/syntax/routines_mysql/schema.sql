-- engines: default mysql

-- A body is not applied; a call of one that would change the schema is told. Of `NOT NULL` and `NULL` the last word counts.
CREATE TABLE person (id int PRIMARY KEY, kind smallint, note varchar(20) NOT NULL DEFAULT '' NULL);
DELIMITER $$
DROP PROCEDURE IF EXISTS `add_kinds` $$
CREATE DEFINER=`root`@`localhost` PROCEDURE `add_kinds`()
BEGIN
  DECLARE CONTINUE HANDLER FOR 1060 BEGIN END;
  IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'person' AND column_name = 'note') THEN
    ALTER TABLE person ADD COLUMN note varchar(20) NOT NULL DEFAULT '' NULL;
  END IF;
END $$
CREATE PROCEDURE by_text(name text)
BEGIN
  SET @ddl = CONCAT('ALTER TABLE ', name, ' ADD COLUMN a int');
  PREPARE stmt FROM @ddl;
  EXECUTE stmt;
END $$
CREATE PROCEDURE counts() BEGIN CREATE TEMPORARY TABLE t (id int); SELECT count(*) FROM person; END $$
CREATE PROCEDURE never() BEGIN CREATE TABLE unseen (id int); END $$
DELIMITER ;
CALL add_kinds();
CALL shop.by_text('person');
CALL counts;
DROP PROCEDURE add_kinds;
