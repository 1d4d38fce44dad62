//! Migrations with their way back in one file (goose, sql-migrate, dbmate, tern): the statements that undo them are not
//! part of the schema.

use super::lex::Comment;

/// Byte ranges of a text that undo what stands before them, in order.
pub fn ranges(text: &str, comments: &[Comment]) -> Vec<(u32, u32)> {
    let mut ranges = Vec::new();
    let mut since = None;
    for comment in comments.iter().filter(|comment| !comment.block) {
        match direction(&text[comment.start as usize..comment.end as usize]) {
            Some(Direction::Down) => since = since.or(Some(comment.start)),
            Some(Direction::Up) => ranges.extend(since.take().map(|start| (start, comment.start))),
            None => {}
        }
    }
    ranges.extend(since.map(|start| (start, text.len() as u32)));
    ranges
}

enum Direction {
    Up,
    Down,
}

fn direction(comment: &str) -> Option<Direction> {
    let words = comment.trim_start_matches('-').trim();
    if words.starts_with("create above / drop below") {
        return Some(Direction::Down);
    }
    let words = words.to_ascii_lowercase();
    let mut words = words.split_ascii_whitespace();
    match (words.next()?, words.next()) {
        ("+goose" | "+migrate", Some("up")) | ("migrate:up", _) => Some(Direction::Up),
        ("+goose" | "+migrate", Some("down")) | ("migrate:down", _) => Some(Direction::Down),
        _ => None,
    }
}
