//! Reading the files: each statement as bindery has checked it for each dialect that has it.

use std::path::PathBuf;

use bindery_schema::dialect::Dialect;
use bindery_schema::model::Query;
use bindery_schema::source::SourceFile;

use crate::own_tables::{CHANGES, CHANGES_HERE, OfDatabase, folder};

const DIALECTS: [Dialect; 3] = [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql];
/// The words of the files, each with its texts in the three dialects.
pub(super) struct Words(Vec<(String, [String; 3])>);

impl Words {
    pub(super) fn read() -> Self {
        let text = std::fs::read_to_string(folder().join("queries/words.txt"));
        let text = text.expect("the words are beside the statements");
        let is_word = |line: &&str| !line.is_empty() && !line.starts_with('#');
        Self(text.lines().filter(is_word).map(word).collect())
    }

    /// The text with the words of a dialect; a word may have others within it.
    pub(super) fn put_into(&self, text: &str, of: usize) -> String {
        let mut parts = text.split('@');
        let mut written = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find(|sign: char| !(sign.is_ascii_lowercase() || sign == '_'));
            let (name, rest) = part.split_at(end.unwrap_or(part.len()));
            match self.0.iter().find(|(word, _)| word == name) {
                Some((_, texts)) => written += &self.put_into(&texts[of], of),
                None => written += &format!("@{name}"),
            }
            written += rest;
        }
        written
    }
}

/// `word: SQLite's | PostgreSQL's | MySQL's`, or one text for all.
fn word(line: &str) -> (String, [String; 3]) {
    let (word, texts) = line.split_once(':').expect("a word has a colon behind it");
    let texts: Vec<&str> = texts.split('|').map(str::trim).collect();
    let texts = match *texts {
        [one] => [one; 3],
        [sqlite, postgres, mysql] => [sqlite, postgres, mysql],
        _ => panic!("`{word}` has {} texts", texts.len()),
    };
    (word.to_owned(), texts.map(str::to_owned))
}

/// The queries that are for a dialect, each in its line: the others are left out, as no engine here is of their dialect.
fn of_dialect(text: &str, dialect: Dialect) -> String {
    let tag = |block: &str| {
        let mut lines = block.lines();
        lines.find_map(|line| line.strip_prefix("-- @dialect ").map(str::to_owned))
    };
    let blocks: Vec<&str> = text.split("\n\n").collect();
    let is_query = |block: &&str| block.contains("-- name:");
    let of_all = blocks.first().filter(|block| !is_query(block));
    let of_all = of_all.and_then(|block| tag(block));
    let kept = blocks.iter().map(|block| {
        let own = tag(block).or(of_all.clone());
        let is_for = own.is_none_or(|of| of == dialect.name());
        match is_query(block) && is_for {
            true => (*block).to_owned(),
            false => "\n".repeat(block.matches('\n').count()),
        }
    });
    kept.collect::<Vec<_>>().join("\n\n")
}

/// The names of the files, without what they end in.
pub(super) fn files() -> Vec<String> {
    let entries = std::fs::read_dir(folder().join("queries")).expect("the repository can be read");
    let names = entries.map(|entry| entry.expect("the repository can be read").file_name());
    let names = names.filter_map(|name| Some(name.to_str()?.strip_suffix(".sql")?.to_owned()));
    let mut files: Vec<String> = names.collect();
    files.sort();
    files
}

/// A query as each dialect has it; `None` where it has none of that name.
pub(super) struct Found {
    pub(super) module: String,
    pub(super) of: [Option<Query>; 3],
}

impl Found {
    fn is(&self, query: &Query) -> bool {
        let mut of = self.of.iter().flatten();
        of.any(|one| (&one.module, &one.function) == (&query.module, &query.function))
    }
}

/// The queries of a dialect.
pub(super) fn of_database(files: &[(String, String)], of: usize) -> Vec<Query> {
    let (words, dialect) = (Words::read(), DIALECTS[of]);
    let texts = files.iter().map(|(name, text)| {
        let text = words.put_into(&of_dialect(text, dialect), of);
        SourceFile::new(
            format!("queries/{name}.sql"),
            text.replace(CHANGES, CHANGES_HERE),
        )
    });
    let compiled = OfDatabase::with_queries(dialect.name(), texts.collect());
    compiled.model.queries.clone()
}

/// The queries of all files.
pub(super) fn queries() -> Vec<Found> {
    let read = |name: String| {
        let path: PathBuf = folder().join(format!("queries/{name}.sql"));
        let text = std::fs::read_to_string(path).expect("the repository can be read");
        (name, text)
    };
    let files: Vec<_> = files().into_iter().map(read).collect();
    let mut found: Vec<Found> = Vec::new();
    for of in 0..DIALECTS.len() {
        for query in of_database(&files, of) {
            if let Some(known) = found.iter_mut().find(|known| known.is(&query)) {
                known.of[of] = Some(query);
                continue;
            }
            let module = query.module.clone();
            let mut all = [None, None, None];
            all[of] = Some(query);
            found.push(Found { module, of: all });
        }
    }
    found
}
