SELECT concat_ws(' ', o.oprname, coalesce(l.typname, '-'), r.typname, x.typname, CASE WHEN NOT p.proisstrict THEN 'null' END)
FROM pg_operator o LEFT JOIN pg_type l ON l.oid = o.oprleft JOIN pg_type r ON r.oid = o.oprright JOIN pg_type x ON x.oid = o.oprresult JOIN pg_proc p ON p.oid = o.oprcode
WHERE o.oprnamespace = 'pg_catalog'::regnamespace
ORDER BY o.oprname COLLATE "C", l.typname COLLATE "C" NULLS FIRST, r.typname COLLATE "C";
