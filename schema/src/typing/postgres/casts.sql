SELECT concat_ws(' ', s.typname, t.typname, c.castcontext, c.castmethod)
FROM pg_cast c JOIN pg_type s ON s.oid = c.castsource JOIN pg_type t ON t.oid = c.casttarget
ORDER BY s.typname COLLATE "C", t.typname COLLATE "C";
