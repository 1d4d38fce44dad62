-- engines: default mysql
CREATE TABLE `city` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `name` varchar(50) NOT NULL,
  `kind` enum('big','small') DEFAULT NULL,
  `founded` datetime DEFAULT NULL,
  `people` int NOT NULL,
  `area` decimal(9,2) DEFAULT NULL,
  `data` json DEFAULT NULL
);
/*!50001 DROP VIEW IF EXISTS `cities`*/;
/*!50001 CREATE VIEW `cities` AS SELECT
 1 AS `id`,
 1 AS `label`*/;
/*!50001 DROP VIEW IF EXISTS `cities`*/;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */
/*!50001 VIEW `cities` AS select `c`.`id` AS `id`,concat(`c`.`name`,_utf8mb4' ',`c`.`kind`) AS `label`,`c`.`kind` AS `kind`,if((`c`.`people` > 1000),'big','small') AS `size`,(`c`.`people` / `c`.`area`) AS `density`,(`c`.`people` * 2) AS `twice`,sum(`c`.`people`) AS `all_people`,ifnull(`c`.`area`,0) AS `area`,cast(`c`.`id` as signed) AS `signed_id`,cast(`c`.`id` as char(20) charset utf8mb4) AS `text_id`,year(`c`.`founded`) AS `y`,(`c`.`founded` is null) AS `unknown`,group_concat(distinct `c`.`name` order by `c`.`name` ASC separator ', ') AS `names`,json_unquote(json_extract(`c`.`data`,'$.a')) AS `a` from (`city` `c` left join `city` `d` on((`c`.`id` = `d`.`id`))) group by `c`.`id` */
/*!50002 WITH CASCADED CHECK OPTION */;
CREATE VIEW big AS SELECT label, kind FROM cities WHERE size = 'big';
ALTER VIEW big AS SELECT label FROM cities WHERE size = 'big';
CREATE VIEW unnamed AS SELECT count(*) FROM city;
