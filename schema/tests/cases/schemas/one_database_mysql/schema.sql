-- engines: default mysql
-- server: equal

-- A file of one database need not say its name.
CREATE SCHEMA IF NOT EXISTS `shop`;
USE `shop`;
CREATE TABLE IF NOT EXISTS `shop`.`a` (`id` INT NOT NULL, PRIMARY KEY (`id`)) ENGINE = InnoDB;
CREATE TABLE b (a_id INT NOT NULL, FOREIGN KEY (a_id) REFERENCES `shop`.`a` (`id`));
CREATE INDEX i ON shop.b (a_id);
