-- engines: default mysql
-- server: equal
CREATE DATABASE shop;
USE shop;
CREATE TABLE items (id int NOT NULL PRIMARY KEY, name varchar(20) NOT NULL);
CREATE VIEW names AS SELECT `shop`.`items`.`name` AS name /* of shop.items */ FROM shop.items WHERE shop.items.name <> 'shop.items';
