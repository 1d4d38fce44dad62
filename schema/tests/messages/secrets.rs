//! Secrets of a configuration, whose lines findings show: they are in none of them.

use std::path::Path;

use bindery_core::config::Config;
use bindery_core::diagnostic::Diagnostics;
use bindery_core::source::Sources;
use bindery_schema::render::{Style, render};

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }
}

/// A slip of the finger somewhere, but not in the secret.
fn slip(text: &mut String, secret: &str, numbers: &mut Numbers) {
    const SIGNS: &[&str] = &[
        "\"", "'", "=", ":", "@", "/", "\n", " ", "{", "}", "[", "]", ",", "#", "$", "%", "\\",
        "x", "?", "&", "\"\"\"", "'''", "${", "é",
    ];
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let at = places[numbers.below(places.len())];
    let within = |(start, _): (usize, &str)| (start + 1..start + secret.len()).contains(&at);
    if text.match_indices(secret).any(within) {
        return;
    }
    let begins = text[at..].starts_with(secret);
    let sign = SIGNS[numbers.below(SIGNS.len())];
    match numbers.below(4) {
        0 if !begins => drop(text.remove(at)),
        1 if !begins => {
            text.remove(at);
            text.insert_str(at, sign);
        }
        2 if !begins => {
            let doubled = text[at..].chars().next().unwrap_or(' ');
            text.insert(at, doubled);
        }
        _ => text.insert_str(at, sign),
    }
}

/// Lines that hold a secret, broken in every way: it is in no finding, in no text made of one, and in no error of a target.
///
/// Covers CFG-1.
#[test]
fn con_06_no_secret_of_a_broken_file_is_shown() {
    const SECRET: &str = "Zq7Xanadu";
    let whole = [
        "url = 'postgres://ann:SECRET@db/shop'",
        "url = \"mysql://ann:SECRET@db:3306/shop?ssl-mode=required\"",
        "engines.b = 'postgres://ann:SECRET@h/d'",
        "url = 'sqlite://a.db'\n[engines]\nb = \"mariadb://SECRET:SECRET@h/d\"",
        "[engines.b]\ndialect = 'mysql'\nhost = 'h'\ndatabase = 'd'\nusername = 'u'\npassword = 'SECRET'",
        "[engines.b]\ndialect = 'mysql'\nhost = 'h'\ndatabase = 'd'\npassword = \"\"\"SECRET\"\"\"\nport = 1",
        "[engines]\nb = { dialect = 'postgres', host = 'h', password = 'SECRET', database = 'd' }",
        "url = '${A:-postgres://ann:SECRET@db/shop}'",
        "url = 'postgres://ann:SECRET@db/shop?sslpassword=SECRET'",
        "[engines.b]\nurl = 'mysql://u@h/d'\npassword-command = ['pass', 'show', 'SECRET']",
        "[engines.b]\nurl = 'mysql://u@h/d'\nreplicas = [{ name = 'r', url = 'mysql://u:SECRET@h/d' }]",
        "url = 'sqlite://a.db' # postgres://ann:SECRET@db/shop",
        "pasword = 'SECRET'",
        "[engines.b]\npasword = 'SECRET'",
        "url = 'postgres:u:SECRET@h/d'",
        "url = 'u:SECRET@h/d'",
        "url = 'postgres//u:SECRET@h/d'",
        "url = 'postgres://h/d?SECRET=1&SECRET=2'",
        "[engines.b]\ndialect = 'mysql://u:SECRET@h/d'\nurl = 'mysql://u@h/d'",
        "[engines.'mysql://u:SECRET@h/d']\nurl = 'mysql://u@h/d'",
        "url = 'sqlite://a.db'\n[types]\n'mysql://u:SECRET@h/d' = 1",
        "url = 'sqlite://a.db'\n[schema]\nfiles = ['mysql://u:SECRET@h/d']\n",
        "[engines.b]\nurl = 'sqlite://a.db'\nmodels-of = 'mysql://u:SECRET@h/d'",
    ];
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    for round in 0..8_000 {
        let mut text = whole[round % whole.len()].replace("SECRET", SECRET);
        for _ in 0..numbers.below(5) {
            slip(&mut text, SECRET, &mut numbers);
        }
        let shown = everything_shown(&text);
        assert!(!shown.contains(SECRET), "{text}\n\n{shown}");
    }
}

/// All that anybody reads of a file.
fn everything_shown(text: &str) -> String {
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    let folder = Path::new("/etc/shop");
    let config = Config::parse("bindery.toml", folder, text, &mut sources, &mut found);
    let mut shown = String::new();
    if let Some(config) = &config {
        config.model_engines(&|_| None, &mut found);
        for engine in &config.engines {
            if let Err(finding) = config.target(&engine.name, &|_| None) {
                shown += &config.describe(&finding);
                found.push(*finding);
            }
        }
    }
    shown += &render(&found, &sources, Style::Plain);
    format!("{shown}{found:?}")
}
