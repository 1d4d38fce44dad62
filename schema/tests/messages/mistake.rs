//! A mistake, its message and the way out of it, kept in one Markdown file of the folder `mistakes`, in a folder of its
//! area.
//!
//! The first `toml` and `sql` blocks are the mistake, `text` is what is said, and the `toml` and `sql` blocks after the
//! line `Typed in:` are the same files after the help was followed. `sql b.sql` names a file. A line
//! `Alone: …` says why the mistake cannot be planted among others, `Not literal: …` why the help has no piece that is
//! typed in (or taken out) character by character, `Also: …` names the code of a finding that comes along.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::run::{ENGINES, Run, SCHEMA};
use super::updating;

/// Files of one state: the configuration and the schema.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    pub(crate) config: String,
    pub(crate) schema: Vec<(String, String)>,
}

impl Files {
    pub(crate) fn run(&self) -> Run {
        let files: Vec<(&str, &[u8])> = self
            .schema
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_bytes()))
            .collect();
        Run::of_files(&self.config, &files)
    }

    /// Everything a person can type in.
    pub(crate) fn text(&self) -> String {
        let texts = self.schema.iter().map(|(_, text)| text.as_str());
        [self.config.as_str()]
            .into_iter()
            .chain(texts)
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// One file of the folder.
#[derive(Debug, Clone)]
pub(crate) struct Mistake {
    pub(crate) path: PathBuf,
    /// The whole file.
    pub(crate) page: String,
    pub(crate) title: String,
    pub(crate) wrong: Files,
    /// Is the schema wrong, or the configuration alone?
    pub(crate) in_schema: bool,
    pub(crate) says: String,
    pub(crate) right: Files,
    pub(crate) alone: Option<String>,
    /// A code that comes along.
    pub(crate) also: Option<String>,
    pub(crate) not_literal: Option<String>,
}

const TYPED_IN: &str = "\nTyped in:\n";

impl Mistake {
    fn load(path: PathBuf) -> Self {
        let page = fs::read_to_string(&path).expect("the folder of the mistakes is readable");
        let (before, after) = page
            .split_once(TYPED_IN)
            .unwrap_or_else(|| panic!("{}: no line `Typed in:`", path.display()));
        let configs = blocks(before, "toml");
        let wrong = Files {
            config: configs
                .first()
                .map_or(ENGINES.to_owned(), |(_, text)| text.clone()),
            schema: schema(before).unwrap_or_else(|| vec![(SCHEMA.to_owned(), EMPTY.to_owned())]),
        };
        let right = Files {
            config: blocks(after, "toml")
                .first()
                .map_or(wrong.config.clone(), |(_, text)| text.clone()),
            schema: schema(after).unwrap_or_else(|| wrong.schema.clone()),
        };
        let title = page.lines().next().unwrap_or_default();
        Self {
            title: title.trim_start_matches("# ").to_owned(),
            in_schema: schema(before).is_some(),
            says: blocks(before, "text")
                .first()
                .map(|(_, text)| text.clone())
                .unwrap_or_default(),
            alone: remark(before, "Alone: "),
            also: remark(before, "Also: "),
            not_literal: remark(before, "Not literal: "),
            path,
            wrong,
            right,
            page,
        }
    }

    /// Returns the current message for the mistake.
    pub(crate) fn message(&self) -> String {
        self.wrong.run().text().trim_end().to_owned() + "\n"
    }

    /// The file with another message.
    fn with_message(&self, says: &str) -> String {
        let start = self
            .page
            .find("```text\n")
            .expect("a block for the message")
            + "```text\n".len();
        let length = self.page[start..]
            .find("```")
            .expect("the end of the block for the message");
        format!(
            "{}{says}{}",
            &self.page[..start],
            &self.page[start + length..]
        )
    }
}

/// Where a mistake is one of the configuration alone.
const EMPTY: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY);\n";

/// All mistakes in the order of their names. Where the expected texts are to be written, they are written before.
pub(crate) fn all() -> &'static [Mistake] {
    static ALL: OnceLock<Vec<Mistake>> = OnceLock::new();
    ALL.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages/mistakes");
        let mut paths = Vec::new();
        collect_pages(&folder, &mut paths);
        paths.sort_by_key(|path| path.file_name().map(ToOwned::to_owned));
        paths.into_iter().map(read_or_update).collect()
    })
}

fn collect_pages(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("the folder of the mistakes is readable");
    for entry in entries {
        let path = entry
            .expect("the folder of the mistakes is readable")
            .path();
        if path.is_dir() {
            collect_pages(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn read_or_update(path: PathBuf) -> Mistake {
    let mistake = Mistake::load(path.clone());
    let said = mistake.message();
    if !updating() || said == mistake.says {
        return mistake;
    }
    fs::write(&path, mistake.with_message(&said)).expect("the folder of the mistakes is writable");
    Mistake::load(path)
}

fn schema(part: &str) -> Option<Vec<(String, String)>> {
    let files: Vec<(String, String)> = blocks(part, "sql")
        .into_iter()
        .map(|(name, text)| {
            let path = if name.is_empty() { SCHEMA } else { &name };
            (path.to_owned(), text)
        })
        .collect();
    (!files.is_empty()).then_some(files)
}

/// The fenced blocks of a language, with what stands after the language's name.
fn blocks(part: &str, language: &str) -> Vec<(String, String)> {
    let pieces: Vec<&str> = part.split("```").collect();
    let inside = pieces.iter().skip(1).step_by(2);
    let block = |piece: &&str| {
        let (info, text) = piece.split_once('\n')?;
        let name = info.strip_prefix(language)?;
        Some((name.trim().to_owned(), text.to_owned()))
    };
    inside.filter_map(block).collect()
}

fn remark(part: &str, start: &str) -> Option<String> {
    part.lines()
        .find_map(|line| line.strip_prefix(start))
        .map(str::to_owned)
}
