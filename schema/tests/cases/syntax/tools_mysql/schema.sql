-- engines: default mysql

CREATE TABLE a (id int PRIMARY KEY, t varchar(20) COLLATE 'utf8mb4_bin' NOT NULL);--> statement-breakpoint
ALTER TABLE a ADD n int DEFAULT 1--1;
--> statement-breakpoint
CREATE INDEX i ON a (t);

-- -----------------------------------------------------
-- Table `shop`.`b`
-- -----------------------------------------------------
CREATE TABLE IF NOT EXISTS `shop`.`b` (`id` INT NOT NULL, PRIMARY KEY (`id`))
ENGINE = InnoDB;

-- --------------------------------------------------------

--
-- Stand-in structure for view `v`
-- (See below for the actual view)
--
CREATE TABLE `v` (
`id` int
);
DROP TABLE IF EXISTS `v`;
CREATE VIEW `v` AS SELECT `id` FROM `a`;
