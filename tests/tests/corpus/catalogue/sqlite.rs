//! SQLite's pragmas, and what only the text of CREATE TABLE and CREATE INDEX says: checks, collations, what happens on a
//! conflict. Of the text its tokens are compared, quotes apart.

use rusqlite::Connection;

/// `table|fact`, one a row.
pub(super) fn rows(database: &Connection) -> rusqlite::Result<String> {
    let mut rows = lines(database, PRAGMAS)?;
    for line in lines(database, TEXTS)?.lines() {
        if let Some((table, sql)) = line.split_once('|') {
            let facts = if sql.starts_with("CREATE TABLE") {
                table_facts(&tokens(sql))
            } else {
                vec![index_fact(&tokens(sql))]
            };
            for fact in facts {
                rows.push_str(&format!("{table}|{fact}\n"));
            }
        }
    }
    Ok(rows)
}

/// A line break within a row.
const BREAK: &str = "\u{b}";

fn lines(database: &Connection, query: &str) -> rusqlite::Result<String> {
    let mut query = database.prepare(query)?;
    let rows = query.query_map([], |row| row.get::<_, Option<String>>(0))?;
    let rows: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
    let mut text = String::new();
    for row in rows.into_iter().flatten() {
        text.push_str(&row.replace(['\n', '\r'], BREAK));
        text.push('\n');
    }
    Ok(text)
}

const TEXTS: &str = "SELECT s.tbl_name || '|' || s.sql FROM sqlite_schema s JOIN pragma_table_list t ON t.name = s.tbl_name
WHERE s.type IN ('table', 'index') AND s.name NOT LIKE 'sqlite_%' AND t.type = 'table' AND t.schema = 'main'";

/// A table's columns, with computed ones (`hidden` 2 and 3); its keys by the indexes that hold them; its options.
const PRAGMAS: &str = r"
SELECT t.name || '|table' || iif(t.wr, ' without rowid', '') || iif(t.strict, ' strict', '')
FROM pragma_table_list t WHERE t.type = 'table' AND t.schema = 'main' AND t.name NOT LIKE 'sqlite_%'
UNION ALL
SELECT t.name || '|column ' || c.cid || ' ' || c.name || ' ' || c.type || iif(c.[notnull], ' not null', '')
       || coalesce(' default ' || c.dflt_value, '') || ' key ' || c.pk || ' hidden ' || c.hidden
FROM pragma_table_list t JOIN pragma_table_xinfo(t.name) c
WHERE t.type = 'table' AND t.schema = 'main' AND t.name NOT LIKE 'sqlite_%'
UNION ALL
SELECT t.name || '|index ' || iif(i.origin = 'c', i.name, 'of constraint') || ' ' || i.origin || iif(i.[unique], ' unique', '') || iif(i.partial, ' partial', '') || ' '
       || (SELECT group_concat(coalesce(name, 'expression') || ' ' || coll || iif([desc], ' desc', ''), ', ') FROM (SELECT * FROM pragma_index_xinfo(i.name) WHERE key ORDER BY seqno))
FROM pragma_table_list t JOIN pragma_index_list(t.name) i
WHERE t.type = 'table' AND t.schema = 'main' AND t.name NOT LIKE 'sqlite_%'
UNION ALL
SELECT t.name || '|foreign key ' || (SELECT group_concat(f.[from] || ' ' || lower(f.[table]) || '.'
    || lower(coalesce(f.[to], (SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info(f.[table]) WHERE pk = f.seq + 1)), 'its key'))
    || ' ' || f.on_delete || ' ' || f.on_update || ' ' || f.match, ', ')
  FROM (SELECT * FROM pragma_foreign_key_list(t.name) WHERE id = k.id ORDER BY seq) f)
FROM pragma_table_list t JOIN (SELECT DISTINCT 1) JOIN pragma_foreign_key_list(t.name) k
WHERE t.type = 'table' AND t.schema = 'main' AND k.seq = 0
";

/// Words in capitals, names without quotes, texts and operators as they are.
fn tokens(sql: &str) -> Vec<String> {
    let mut rest = sql;
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        let length = token_length(rest, first);
        let (token, behind) = rest.split_at(length);
        match first {
            _ if first.is_whitespace() => {}
            '-' | '/' if token.len() > 1 => {}
            '"' | '`' | '[' => tokens.push(token[1..token.len() - 1].to_uppercase()),
            '\'' => tokens.push(token.to_owned()),
            _ => tokens.push(token.to_uppercase()),
        }
        rest = behind;
    }
    tokens
}

fn token_length(rest: &str, first: char) -> usize {
    let until = |end: &str, at: usize| {
        let found = rest.get(at..).and_then(|tail| tail.find(end));
        found.map_or(rest.len(), |found| at + found + end.len())
    };
    let word = |sign: char| sign.is_alphanumeric() || sign == '_';
    match first {
        '"' | '`' => until(&first.to_string(), 1),
        '[' => until("]", 1),
        '\'' => text_length(rest),
        '-' if rest.starts_with("--") => until(BREAK, 2),
        '/' if rest.starts_with("/*") => until("*/", 2),
        _ if word(first) => rest.find(|sign| !word(sign)).unwrap_or(rest.len()),
        _ => first.len_utf8(),
    }
}

fn text_length(rest: &str) -> usize {
    let mut at = 1;
    while let Some(found) = rest[at..].find('\'') {
        at += found + 1;
        if !rest[at..].starts_with('\'') {
            return at;
        }
        at += 1;
    }
    rest.len()
}

/// Checks with their names, and for each column what else its text says. The order of elements is that of the columns.
fn table_facts(tokens: &[String]) -> Vec<String> {
    let mut facts = Vec::new();
    let mut depth = 0_usize;
    let mut column = String::new();
    let mut named = None;
    for (at, token) in tokens.iter().enumerate() {
        let next = |ahead: usize| tokens.get(at + ahead).map_or("", String::as_str);
        let begins = depth == 1
            && matches!(
                tokens.get(at.wrapping_sub(1)).map(String::as_str),
                Some("(" | ",")
            );
        if begins {
            column.clone_from(token);
            named = None;
        }
        match token.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "CONSTRAINT" if depth == 1 => named = Some(next(1).to_owned()),
            "CHECK" | "AS" if depth == 1 && next(1) == "(" => {
                let name = named.take().unwrap_or_default();
                facts.push(format!("{token} {name} {}", enclosed(&tokens[at + 1..])));
            }
            "COLLATE" if depth == 1 => facts.push(format!("{column} collate {}", next(1))),
            "CONFLICT" if depth == 1 => facts.push(format!("on conflict {}", next(1))),
            "AUTOINCREMENT" => facts.push("autoincrement".to_owned()),
            "DEFERRABLE" if depth == 1 => {
                facts.push(format!("deferrable {} {}", next(1), next(2)));
            }
            _ => {}
        }
    }
    facts
}

/// The tokens of a parenthesis, without outer ones.
fn enclosed(tokens: &[String]) -> String {
    let mut depth = 0_usize;
    let mut found = Vec::new();
    for token in tokens {
        match token.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        found.push(token.as_str());
        if depth == 0 {
            break;
        }
    }
    without_outer(&found).join(" ")
}

fn without_outer<'t>(tokens: &'t [&'t str]) -> &'t [&'t str] {
    let mut rest = tokens;
    while let ["(", inner @ .., ")"] = rest {
        let mut depth = 1_i32;
        let closes_early = inner.iter().any(|token| {
            depth += i32::from(*token == "(") - i32::from(*token == ")");
            depth == 0
        });
        if closes_early {
            break;
        }
        rest = inner;
    }
    rest
}

/// Returns the columns of an index and its condition; parentheses around a whole expression mean nothing.
fn index_fact(tokens: &[String]) -> String {
    let on = tokens.iter().position(|token| token == "ON");
    let behind = on.map_or(tokens, |on| &tokens[on..]);
    let kept = behind
        .iter()
        .filter(|token| !matches!(token.as_str(), "(" | ")" | "ASC"));
    kept.cloned().collect::<Vec<_>>().join(" ")
}
