/*!40101 SET NAMES utf8 */;
USE `shop`;
DROP TABLE IF EXISTS `users`;
CREATE TABLE `users` (
  `id` int(10) unsigned zerofill NOT NULL AUTO_INCREMENT COMMENT 'its; key',
  `kind` enum('a','b''c') CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'a',
  `flags` set('x','y'), `yes` tinyint(1) DEFAULT b'1', `y` year DEFAULT '0000',
  `at` timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  `n` varchar(10) GENERATED ALWAYS AS (concat(`kind`,_utf8mb4'x')) VIRTUAL,
  PRIMARY KEY (`id`) USING BTREE, KEY `k` (`kind`(3) DESC), FULLTEXT KEY (`n`),
  CONSTRAINT `c` FOREIGN KEY (`id`) REFERENCES `other` (`id`) ON DELETE SET NULL
) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COMMENT='t' PARTITION BY HASH (id) PARTITIONS 4;
CREATE TABLE other LIKE users; # a comment
DELIMITER ;;
CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW BEGIN SET @a = 1; END ;;
DELIMITER ;
ALTER TABLE users CHANGE `y` `z` SMALLINT NOT NULL FIRST, DROP KEY k, ADD UNIQUE KEY u (z), RENAME TO people;
/*!50001 CREATE VIEW `v` AS select `id` AS `i` from `people` */;
INSERT INTO people VALUES (1,'a\'b');
