//! The content of quoted tokens: doubled quotes, backslashes, dollar tags, prefixes.

use super::grammar::Grammar;
use bindery_core::statements::lex::TokenKind;

/// The content of a quoted token; any other is given back as it is.
pub(crate) fn content(raw: &str, kind: TokenKind, grammar: &Grammar) -> String {
    let escapes = grammar.names.backslash_escapes;
    match kind {
        TokenKind::Word | TokenKind::Number | TokenKind::Symbol => raw.to_owned(),
        TokenKind::Backticked => between(raw, "`").replace("``", "`"),
        TokenKind::Bracketed => raw.trim_start_matches('[').trim_end_matches(']').to_owned(),
        TokenKind::DoubleQuoted if escapes => unescape(between(raw, "\""), '"', mysql_escape),
        TokenKind::DoubleQuoted => unicode(raw, "\""),
        TokenKind::SingleQuoted if escapes => unescape(between(raw, "'"), '\'', mysql_escape),
        TokenKind::SingleQuoted => unicode(raw, "'"),
        TokenKind::Escaped => unescape(between(raw, "'"), '\'', postgres_escape),
        TokenKind::Hex | TokenKind::Bits => between(raw, "'").to_owned(),
        TokenKind::Dollar => dollar(raw),
    }
}

/// From after the first quote to the last one, which an unclosed token lacks.
fn between<'a>(raw: &'a str, quote: &str) -> &'a str {
    let inner = raw.split_once(quote).map_or("", |(_, inner)| inner);
    inner.strip_suffix(quote).unwrap_or(inner)
}

fn dollar(raw: &str) -> String {
    let length = raw[1..].find('$').map_or(raw.len(), |found| found + 2);
    let inner = &raw[length..];
    inner
        .strip_suffix(&raw[..length])
        .unwrap_or(inner)
        .to_owned()
}

/// Doubled quotes, and PostgreSQL's `U&"\0061"`.
fn unicode(raw: &str, quote: &str) -> String {
    let inner = between(raw, quote).replace(&quote.repeat(2), quote);
    if !raw.starts_with(['U', 'u']) {
        return inner;
    }
    let mut out = String::new();
    let mut rest = inner.as_str();
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let (digits, length) = match after.strip_prefix('+') {
            Some(wide) => (wide.get(..6), 7),
            None => (after.get(..4), 4),
        };
        let sign = digits
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32);
        out.push(sign.unwrap_or('\\'));
        rest = if sign.is_some() {
            &after[length..]
        } else {
            after.strip_prefix('\\').unwrap_or(after)
        };
    }
    out + rest
}

fn unescape(inner: &str, quote: char, escape: fn(char) -> char) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut signs = inner.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => out.extend(signs.next().map(escape)),
            _ if sign == quote => {
                signs.next_if_eq(&quote);
                out.push(quote);
            }
            _ => out.push(sign),
        }
    }
    out
}

fn mysql_escape(sign: char) -> char {
    match sign {
        '0' => '\0',
        'b' => '\u{8}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'Z' => '\u{1a}',
        other => other,
    }
}

fn postgres_escape(sign: char) -> char {
    match sign {
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        other => other,
    }
}
