//! Names that PostgreSQL makes for constraints and indexes without one.

/// `t_a_key`, else `t_a_key1`, `t_a_key2`, …
pub(crate) fn first_free(
    table: &str,
    columns: &[&str],
    suffix: &str,
    is_taken: impl Fn(&str) -> bool,
) -> String {
    let names = (0_u32..).map(|number| match number {
        0 => implied_name(table, columns, suffix),
        _ => implied_name(table, columns, &format!("{suffix}{number}")),
    });
    let mut free = names.filter(|name| !is_taken(name));
    free.next().unwrap_or_default()
}

/// Longer names are cut.
const POSTGRES_NAME_LIMIT: usize = 63;

/// `table_a_b_key`, as PostgreSQL names what is not named. Of too long a name the longer half is cut, byte by byte (its
/// `makeObjectName`).
pub(crate) fn implied_name(table: &str, columns: &[&str], suffix: &str) -> String {
    let columns = columns.join("_");
    let (mut first, mut second) = (table.len(), columns.len());
    let separator = usize::from(!columns.is_empty());
    let room = POSTGRES_NAME_LIMIT.saturating_sub(1 + suffix.len() + separator);
    if first + second > room {
        let fair = room / 2;
        match (first > fair, second > fair) {
            (true, true) => (first, second) = (room - fair, fair),
            (true, false) => first = room - second,
            (false, _) => second = room - first,
        }
    }
    let mut words = vec![cut(table, first)];
    words.extend((separator > 0).then(|| cut(&columns, second)));
    words.push(suffix);
    words.join("_")
}

/// So many bytes and no half character.
fn cut(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
