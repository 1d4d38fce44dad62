//! Reads `@engines` and `@engine`: lists of engines' names.

use super::{Reader, Tag};
use crate::ast::{EngineTag, Name};
use crate::diagnostic::Diagnostic;
use crate::lists::IntoVec as _;
use crate::name;

impl<'a> Reader<'a> {
    pub(super) fn engines(&mut self, tag: &Tag<'a>) -> Option<EngineTag> {
        let span = self.whole(tag);
        if tag.rest.is_empty() {
            let message = format!("`@{}` names no engine", tag.word);
            let help = "write the engines after it: `@engines default, b`";
            self.diagnostics.push(
                Diagnostic::error("B0053", message)
                    .at(tag.word_span, "")
                    .help(help),
            );
            return None;
        }
        let mut names: Vec<Name> = Vec::new();
        let mut start = tag.rest_start;
        for part in tag.rest.split(',') {
            let begin = start + (part.len() - part.trim_start().len());
            let word = Name {
                text: part.trim().to_owned(),
                span: self.span(begin, begin + part.trim().len()),
            };
            self.engine(tag, word, &mut names);
            start += part.len() + 1;
        }
        (!names.is_empty()).then_some(EngineTag { names, span })
    }

    fn engine(&mut self, tag: &Tag<'a>, word: Name, names: &mut Vec<Name>) {
        if word.text.is_empty() {
            let help = "write one name between two commas: `@engines default, b`";
            self.malformed(
                tag,
                "an engine's name is missing".to_owned(),
                help.to_owned(),
            );
        } else if !name::is_valid_engine_name(&word.text) {
            let message = format!("`{}` is not a name an engine can have", word.text);
            let help = engine_name_help(tag.word, &word.text);
            self.diagnostics.push(
                Diagnostic::error("B0055", message)
                    .at(word.span, "")
                    .help(help),
            );
        } else if let Some(first) = names.iter().find(|name| name.text == word.text) {
            let message = format!("engine `{}` is named twice", word.text);
            let finding = Diagnostic::error("B0054", message)
                .at(word.span, "again")
                .at(first.span, "first here");
            let mut once: Vec<&str> = names.iter().map(|name| name.text.as_str()).into_vec();
            once.dedup();
            let help = format!("name each engine once: `@{} {}`", tag.word, once.join(", "));
            self.diagnostics.push(finding.help(help));
        } else {
            names.push(word);
        }
    }
}

fn engine_name_help(tag: &str, word: &str) -> String {
    let list: Vec<&str> = word
        .split_whitespace()
        .map(|name| name.trim_matches([':', ';', '.']))
        .filter(|name| !name.is_empty())
        .into_vec();
    match list.as_slice() {
        [name] if *name != word => return format!("write the name alone: `@{tag} {name}`"),
        [_, _, ..] => {
            let list = list.join(", ");
            return format!("put commas between the engines: `@{tag} {list}`");
        }
        _ => {}
    }
    let plain = word.to_lowercase().replace(['-', '.'], "_");
    if plain != word && name::is_valid_engine_name(&plain) {
        return format!(
            "write `{plain}`: an engine's name is of lower-case letters, digits and `_`"
        );
    }
    "an engine's name is lower case: a letter first, then letters, digits and `_`, 32 at most, and no Rust keyword".to_owned()
}
