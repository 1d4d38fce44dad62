SELECT zone FROM (
  SELECT name AS zone FROM pg_timezone_names
  WHERE name !~ '^(posix|right)/' AND name NOT IN ('localtime', 'posixrules', 'Factory')
  UNION SELECT abbrev FROM pg_timezone_abbrevs
) AS known
ORDER BY zone COLLATE "C";
