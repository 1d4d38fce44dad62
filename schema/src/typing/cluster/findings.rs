//! Findings on statements that a Citus cluster refuses.

use super::joins::Judge;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

const IN_PROGRAM: &str = "compute the value in the program: `:value`";

fn refused(message: String, at: Span, label: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("B0633", message).at(at, label))
}

impl Judge<'_> {
    /// The key of a sharded table as a condition has it: `o.tenant_id`.
    fn key(&self, name: Span) -> String {
        let table = self.named.table(name).map(|table| self.model.table(table));
        let column = table.and_then(|table| Some(&table.column(table.shard_column()?).name));
        let column = column.map_or("", String::as_str);
        format!("{}.{column}", self.named.word(name))
    }

    /// Says how a part comes to run on one server.
    fn fix_key(&self, part: Span) -> String {
        match self.named.within(part).next() {
            Some(name) => format!(
                "add a condition of one value: `{} = :value`",
                self.key(name)
            ),
            None => "let the query read no sharded table".to_owned(),
        }
    }

    /// Says how a table is read apart from another, whose rows change by it.
    fn read_apart(&self, read: Span, changed: Span) -> String {
        let (read, changed) = (self.named.word(read), self.named.word(changed));
        format!(
            "read `{read}` in a query that names nothing of `{changed}`: `… WHERE id IN (SELECT …)`"
        )
    }

    /// Says how two tables come to be joined by keys.
    fn join_keys(&self, one: Span, other: Span) -> String {
        let (tables, word) = (
            (self.named.table(one), self.named.table(other)),
            self.named.word(other),
        );
        let before =
            format!("read `{word}` in a query of its own in `FROM`: `FROM (SELECT …) {word}`");
        match tables {
            (Some(a), Some(b)) if a == b || self.model.is_colocated(a, b) => {
                let (one, other) = (self.key(one), self.key(other));
                format!("add the condition `{other} = {one}`; or {before}")
            }
            _ => format!(
                "{before}; rows of these tables are on different servers, whatever their values are"
            ),
        }
    }
}

pub(super) fn join(judge: &Judge<'_>, one: Span, other: Span) -> Box<Diagnostic> {
    let (first, second) = (judge.named.word(one), judge.named.word(other));
    let message = format!(
        "`{second}` is joined to `{first}` by other columns than those they are sharded by, which a Citus cluster refuses"
    );
    refused(message, other, "not joined by its shard column").help_of(judge.join_keys(one, other))
}

pub(super) fn correlated(judge: &Judge<'_>, one: Span, other: Span) -> Box<Diagnostic> {
    let (first, second) = (judge.named.word(one), judge.named.word(other));
    let message = format!(
        "the query within reads `{second}` for each row of `{first}`, but not by the columns they are sharded by, which a Citus cluster refuses"
    );
    let keys = match (judge.named.table(one), judge.named.table(other)) {
        (Some(a), Some(b)) if a == b || judge.model.is_colocated(a, b) => {
            format!(
                "add the condition `{} = {}` to it",
                judge.key(other),
                judge.key(one)
            )
        }
        _ => format!("join `{second}` as a query of its own in `FROM`: `FROM (SELECT …) {second}`"),
    };
    refused(message, other, "not found by its shard column").help_of(keys)
}

pub(super) fn correlated_with_none(judge: &Judge<'_>, name: Span, query: Span) -> Box<Diagnostic> {
    let word = judge.named.word(name);
    let message = format!(
        "the query within reads the sharded table `{word}` for each row of what is on all servers, which a Citus cluster refuses"
    );
    let help = format!("{}, or join `{word}` in `FROM`", judge.fix_key(query));
    refused(message, name, "sharded").help_of(help)
}

pub(super) fn local(judge: &Judge<'_>, local: Span, sharded: Span) -> Box<Diagnostic> {
    let (one, other) = (judge.named.word(local), judge.named.word(sharded));
    let message = format!(
        "a query within reads `{one}`, which is on the coordinator alone, together with rows of the sharded table `{other}`, which a Citus cluster refuses"
    );
    let help = format!(
        "join `{one}` in `FROM`, or let it be on all servers: `-- @reference` above its table"
    );
    refused(message, local, "on the coordinator alone").help_of(help)
}

pub(super) fn lock(judge: &Judge<'_>, lock: Span, query: Span) -> Box<Diagnostic> {
    let message = "rows of several shards are locked, which a Citus cluster refuses".to_owned();
    refused(message, lock, "locks rows on all servers").help_of(judge.fix_key(query))
}

pub(super) fn grouping_sets(judge: &Judge<'_>, sets: Span, select: Span) -> Box<Diagnostic> {
    let message = "rows of several shards are grouped by several sets of values, which a Citus cluster refuses".to_owned();
    let help = format!(
        "{}, or group in a query for each set",
        judge.fix_key(select)
    );
    refused(message, sets, "").help_of(help)
}

pub(super) fn recursive(judge: &Judge<'_>, name: Span, query: Span) -> Box<Diagnostic> {
    let message =
        "a query that reads itself needs rows of several shards, which a Citus cluster refuses"
            .to_owned();
    let help = format!("{}, in each of its parts", judge.fix_key(query));
    refused(message, name, "").help_of(help)
}

pub(super) fn volatile(
    judge: &Judge<'_>,
    name: Span,
    call: Span,
    function: &str,
) -> Box<Diagnostic> {
    let word = judge.named.word(name);
    let message = format!(
        "`{function}` gives another value in each row, which a Citus cluster refuses where rows of `{word}` are changed"
    );
    refused(message, call, "").help_of(IN_PROGRAM.to_owned())
}

pub(super) fn unstable(
    judge: &Judge<'_>,
    name: Span,
    call: Span,
    function: &str,
) -> Box<Diagnostic> {
    let word = judge.named.word(name);
    let message = format!(
        "`{function}` may give another value each time, which a Citus cluster refuses where rows of `{word}` meet others"
    );
    refused(message, call, "").help_of(IN_PROGRAM.to_owned())
}

pub(super) fn key_changed(judge: &Judge<'_>, name: Span, column: Span) -> Box<Diagnostic> {
    let word = judge.named.word(name);
    let message = format!(
        "rows of `{word}` stay on their shard: its shard column does not change on a Citus cluster"
    );
    let help = "delete the row and insert it with the other value, in one transaction".to_owned();
    refused(message, column, "the shard column").help_of(help)
}

pub(super) fn query_in_values(judge: &Judge<'_>, name: Span, query: Span) -> Box<Diagnostic> {
    let word = judge.named.word(name);
    let message =
        format!("a value of a row of `{word}` is read by a query, which a Citus cluster refuses");
    let help =
        "read the value before, or write the rows by a query: `INSERT INTO … SELECT …`".to_owned();
    refused(message, query, "").help_of(help)
}

pub(super) fn reference_written(judge: &Judge<'_>, name: Span, other: Span) -> Box<Diagnostic> {
    let (word, read) = (judge.named.word(name), judge.named.word(other));
    let message = format!(
        "`{word}` is on all servers and changes by rows of `{read}`, which is not, which a Citus cluster refuses"
    );
    refused(message, other, "").help_of(judge.read_apart(other, name))
}

pub(super) fn read_by_write(judge: &Judge<'_>, name: Span, other: Span) -> Box<Diagnostic> {
    let (word, read) = (judge.named.word(name), judge.named.word(other));
    let message = format!(
        "a query within reads `{read}` for each row of `{word}`, whose rows are elsewhere, which a Citus cluster refuses"
    );
    refused(message, other, "").help_of(judge.read_apart(other, name))
}

pub(super) fn written_view(view: &str, span: Span) -> Box<Diagnostic> {
    let message = format!(
        "rows of the view `{view}` are written, which a Citus cluster refuses where a table of the statement is on several servers"
    );
    refused(message, span, "a view").help_of("write the rows of the table that it reads".to_owned())
}

pub(super) fn merge(judge: &Judge<'_>, name: Span, at: Span) -> Box<Diagnostic> {
    let word = judge.named.word(name);
    let message = format!(
        "a Citus cluster merges rows of a sharded table into one that is sharded likewise, by their shard columns: not so into `{word}`"
    );
    refused(message, at, "")
        .help_of("write the rows by `INSERT … ON CONFLICT` and `UPDATE`".to_owned())
}

/// A finding with its help.
trait Helped {
    fn help_of(self, help: String) -> Self;
}

impl Helped for Box<Diagnostic> {
    fn help_of(self, help: String) -> Self {
        Box::new((*self).help(help))
    }
}
