WITH hidden AS (
  SELECT oid FROM pg_type
  WHERE typname IN ('internal', 'cstring', 'trigger', 'event_trigger', 'pg_ddl_command')
     OR typname LIKE '%\_handler' OR typname LIKE 'pg\_brin\_%'
), callable AS (
  SELECT p.*, coalesce(obj_description(p.oid, 'pg_proc'), '') AS described, coalesce(a.aggkind, ' ') AS aggregate, a.aggnumdirectargs AS direct
  FROM pg_proc p LEFT JOIN pg_aggregate a ON a.aggfnoid = p.oid
  WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind <> 'p'
    AND p.prorettype NOT IN (SELECT oid FROM hidden)
    AND NOT p.proargtypes::oid[] && (SELECT array_agg(oid) FROM hidden)
), meant AS (
  SELECT DISTINCT proname FROM callable
  WHERE proname IN ('array_cat', 'jsonb_exists', 'jsonb_exists_all', 'jsonb_exists_any', 'starts_with')
     OR described !~ '^(implementation of|I/O|less-equal-greater$|(larger|smaller) of two$|aggregate .*function$|for use by pg_upgrade( .*)?$)'
), arguments AS (
  SELECT p.oid,
    string_agg(coalesce(nullif(p.proargnames[n], '') || ':', '') || t.typname || CASE WHEN m IN ('i', 'v') AND n > p.pronargs - p.pronargdefaults THEN '=' ELSE '' END, ',' ORDER BY n) FILTER (WHERE m IN ('i', 'b', 'v')) AS taken,
    string_agg(coalesce(p.proargnames[n], '') || ':' || t.typname, ',' ORDER BY n) FILTER (WHERE m IN ('o', 'b', 't')) AS returned
  FROM callable p
  CROSS JOIN LATERAL unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY u(type, n)
  CROSS JOIN LATERAL (SELECT coalesce(p.proargmodes[n], 'i') AS m) mode
  JOIN pg_type t ON t.oid = u.type
  GROUP BY p.oid
)
SELECT concat_ws('|', p.proname, coalesce(a.taken, ''), r.typname || coalesce('(' || a.returned || ')', ''),
  concat_ws(' ',
    CASE WHEN p.provariadic <> 0 THEN 'variadic' END,
    CASE WHEN p.proisstrict THEN 'strict' END,
    CASE WHEN p.proretset THEN 'set' END,
    CASE p.aggregate WHEN 'n' THEN 'aggregate' WHEN 'o' THEN 'ordered=' || p.direct WHEN 'h' THEN 'hypothetical=' || p.direct END,
    CASE WHEN p.prokind = 'w' THEN 'window' END,
    CASE p.provolatile WHEN 's' THEN 'stable' WHEN 'v' THEN 'volatile' END))
FROM callable p JOIN meant USING (proname) JOIN pg_type r ON r.oid = p.prorettype LEFT JOIN arguments a ON a.oid = p.oid
ORDER BY p.proname COLLATE "C", a.taken COLLATE "C" NULLS FIRST;
