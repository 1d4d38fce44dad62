-- The schema of engine `default`, written by `bindery pull`.
-- @dialect mysql
-- @engine default

CREATE SEQUENCE `numbers` start with 10 minvalue 1 maxvalue 9223372036854775806 increment by 1 cache 1000 nocycle ENGINE=InnoDB;

CREATE TABLE `parts` (
  `id` int(11) NOT NULL,
  `at` date NOT NULL,
  PRIMARY KEY (`id`,`at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
 PARTITION BY RANGE (year(`at`))
(PARTITION `p0` VALUES LESS THAN (2025) ENGINE = InnoDB,
 PARTITION `p1` VALUES LESS THAN MAXVALUE ENGINE = InnoDB);

CREATE TABLE `users` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `email` varchar(120) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL COMMENT 'any case',
  `name` varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'x',
  `feeling` enum('ok','it''s bad') NOT NULL DEFAULT 'ok',
  `data` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`data`)),
  `up` timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  `low` varchar(40) GENERATED ALWAYS AS (lcase(`name`)) STORED,
  PRIMARY KEY (`id`),
  UNIQUE KEY `email` (`email`),
  KEY `by_name` (`name`(10)),
  FULLTEXT KEY `ft` (`name`),
  CONSTRAINT `has_at` CHECK (locate('@',`email`) > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='People';

CREATE TABLE `orders` (
  `id` int(11) NOT NULL DEFAULT nextval(`numbers`),
  `user_id` int(10) unsigned NOT NULL,
  PRIMARY KEY (`id`),
  KEY `user_id` (`user_id`),
  CONSTRAINT `orders_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `a` (
  `id` int(11) NOT NULL,
  `b_id` int(11) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `a_b` (`b_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE `b` (
  `id` int(11) NOT NULL,
  `a_id` int(11) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `b_a` (`a_id`),
  CONSTRAINT `b_a` FOREIGN KEY (`a_id`) REFERENCES `a` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE VIEW `active` AS select `u`.`id` AS `id`,count(0) AS `n` from (`users` `u` join `orders` `o` on(`o`.`user_id` = `u`.`id`)) group by `u`.`id`;

ALTER TABLE `a` ADD CONSTRAINT `a_b` FOREIGN KEY (`b_id`) REFERENCES `b` (`id`);

-- Left out, as bindery neither makes nor compares it:
--   trigger touch on users
