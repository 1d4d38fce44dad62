-- engines: default mysql

create table t (id int(11) unsigned zerofill not null auto_increment, primary key (id)) engine=innodb auto_increment=5 default charset=utf8mb4 collate=utf8mb4_unicode_ci row_format=dynamic comment='it''s';
create table t1 (a char(36) binary, b varchar(5) charset utf8 binary, c text character set latin1 collate latin1_bin, d national varchar(5), f long varchar, g char byte, k varchar(10) ascii);
create table t2 (a int, d int as (a) persistent, e int generated always as (a + 1) virtual);
create table t3 (a int, b varchar(300), c text, key k2 (a) invisible, fulltext key ft (b, c) with parser ngram, index pre (c(20), a desc) using btree comment 'x', unique key full (b(300)), unique part (c(10)));
create table t4 (a int, primary key using btree (a));
create table t5 (a int primary key comment "double quoted", b varchar(5) default "x");
create table t6 (b varchar(5) column_format dynamic storage disk);
create table t7 (c text compressed) default character set = utf8mb4 default collate utf8mb4_bin transactional=1 page_checksum=1 encrypted=yes;
create table t8 (a int not null) partition by range (a) (partition p0 values less than (10) engine = innodb, partition p1 values less than maxvalue);
create table t9 (a int) /*!50100 PARTITION BY HASH (a) PARTITIONS 4 */;
create table t10 (a int, row_start timestamp(6) generated always as row start, row_end timestamp(6) generated always as row end, period for system_time (row_start, row_end)) with system versioning;
create table t11 (s serial, u uuid, e enum('a','b''c', 'd\\e'), st set('x','y') default 'x,y', y year, b bit(3) default b'101', b1 bit, ti tinyint(1) default '1', tu tinyint(1) unsigned, bo bool default false, j json, dt datetime(3) default current_timestamp(3) on update current_timestamp(3), ts timestamp not null default '0000-00-00 00:00:00', dc decimal(10) unsigned, db double(8,2), f float(30), bl mediumblob, vb varbinary(16) default 0x00ff, n int default '-5', g point not null, me mediumint, mu mediumint unsigned default 7);
create table t12 (a int references t (id), b int unsigned, constraint fk foreign key idx (b) references t (id) on delete restrict on update set default);
create fulltext index i on t3 (c);
create unique index iu using hash on t3 (a, b);
alter table t3 add (z int, y int), drop key k2, rename key pre to post, engine=innodb, comment='x', auto_increment=10;
alter table t3 convert to character set utf8mb4 collate utf8mb4_bin;
/*!40000 ALTER TABLE t3 DISABLE KEYS */;
alter ignore table t3 add unique (z);
alter online table t3 add column if not exists z int;
rename table t9 to t99, t8 to t88;
create algorithm=merge definer=`r`@`%` sql security invoker view v (a) as select 1 with cascaded check option;
create definer=current_user trigger tr before insert on t for each row begin if 1 then set new.b = 1; end if; case 1 when 1 then select 1; end case; end;
create table t13 like t12;
DELIMITER $$
create procedure f() begin select 1; create table not_this (a int); end$$
create table t14 (a int)$$
DELIMITER ;
create table `wei``rd` (`a b` int); # a comment with ' in it
create table t15 (id int primary key, x int default 1--1);
/*M!100301 create table t16 (id int primary key) */;
/*M!999999\- enable the sandbox mode */
