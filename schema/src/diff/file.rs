//! The text of a migration.

use super::render::Step;

/// The steps as a file of SQL. Steps that lose data are comments.
pub fn file_text(steps: &[Step], no_transaction: bool) -> String {
    let mut text = String::new();
    if no_transaction {
        text.push_str("-- @no-transaction\n\n");
    }
    for step in steps {
        for remark in &step.remarks {
            for line in remark.lines() {
                text.push_str(&format!("-- {line}\n"));
            }
        }
        if step.commented {
            text.push_str(
                "-- Not executed. Remove the comment signs of what follows if that is meant:\n",
            );
        }
        for statement in &step.statements {
            for line in format!("{statement};").lines() {
                text.push_str(if step.commented { "-- " } else { "" });
                text.push_str(line);
                text.push('\n');
            }
        }
        if step.commented || !step.remarks.is_empty() {
            text.push('\n');
        }
    }
    text
}
