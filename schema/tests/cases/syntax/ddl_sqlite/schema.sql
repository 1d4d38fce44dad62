create table t (a unsigned big int, b varying character(255), c native character(70), d long integer, e numeric(-5), f foo(1,-2), g text2, h, i string);
create table u (a text primary key, b int) without rowid, strict;
create table u2 (a text primary key) strict, without rowid;
create table v (a integer references u, b int references u (a) on delete set null on update cascade deferrable initially deferred match full);
create table w (a int, b int, primary key (a collate nocase desc, b) on conflict rollback);
create table x (a int, b int, unique (a, b) on conflict abort);
create table y (a int, b int, constraint c1 unique (a) constraint c2 check (b > 0));
create table z (a int, b int, constraint c1 primary key (a) foreign key (b) references u (a));
create table aa (a int check (json_valid(a)), f check (f is not null and f isnull = 0));
create table 'single quoted' ('a' int, "b" int, [c d] int, `e` int);
create virtual table fts using fts5(a, b unindexed, content='p', content_rowid='id', tokenize = 'porter unicode61');
create trigger if not exists tr after update of b on y for each row when new.b is not null begin update y set b = 1 where id = new.id; select case when 1 then raise(abort, 'x') end; end;
pragma foreign_keys = on;
.read other.sql
reindex;
create table bb (id integer primary key autoincrement, n text collate nocase default ('a' || 'b'), total real generated always as (id * 2) stored, twice as (id + id),
  at datetime default current_timestamp, day date default (date('now')), flag boolean not null default true, big decimal(10, 5) default -1.50, raw blob default x'00ff',
  check (flag in (0, 1) and (n is not null or total between 1 and 2) and n like 'a%' and big <> -1));
create unique index bb_n on bb (n);
create unique index bb_part on bb (n) where flag = 1;
create index bb_lower on bb (lower(n) desc, id asc);
create table "select" ("type" text, "from" integer, "Order Details" text, "crate" text, "self" text);
create table words (id integer primary key, state text not null default draft, rank int default none, day text default current_date, "name" text);
create unique index words_name on words (name collate nocase);
create index words_state on words (state collate rtrim desc);
