SELECT concat_ws(' ', t.oid, t.typarray, t.typname,
        t.typcategory::text || CASE WHEN t.typispreferred THEN '!' ELSE '' END,
        coalesce(subtype.typname, of.typname, element.typname, '-'),
        format_type(t.oid, -1))
FROM pg_type t
LEFT JOIN pg_range r ON r.rngtypid = t.oid
LEFT JOIN pg_type subtype ON subtype.oid = r.rngsubtype
LEFT JOIN pg_range m ON m.rngmultitypid = t.oid
LEFT JOIN pg_type of ON of.oid = m.rngtypid
LEFT JOIN pg_type element ON element.oid = t.typelem AND t.typsubscript = 'array_subscript_handler'::regproc
WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typrelid = 0
  AND NOT EXISTS (SELECT 1 FROM pg_type e WHERE e.typarray = t.oid)
ORDER BY t.oid;
