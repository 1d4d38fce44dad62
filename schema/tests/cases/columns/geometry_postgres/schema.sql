-- engines: default postgres

CREATE TABLE public.roads (gid serial PRIMARY KEY, name varchar(80));
SELECT AddGeometryColumn('public', 'roads', 'shape', 4326, 'MULTILINESTRING', 2);
SELECT public.addgeometrycolumn('roads'::varchar, 'middle'::varchar, -1, 'POINT'::varchar, 3);
SELECT AddGeometryColumn('', 'public', 'roads', 'outline', 3857, 'POLYGON', 4);
SELECT setval('roads_gid_seq', 1);
