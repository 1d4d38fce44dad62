//! MySQL and MariaDB. `ALGORITHM` and `LOCK` are written where InnoDB can do without a copy: it then refuses rather than lock.

use super::super::change::{Change, ColumnChange};
use super::super::key::{Key, KeyKind};
use super::super::loss::loses;
use super::super::structure::{ColumnShape, folded};
use super::{
    Context, Step, add_without_value, altered, by_hand, captures, create_table, create_view,
    drop_column, drop_table, drop_view, keys_over, lacks_value, loss, quoted, quoted_table, text,
};
use crate::dialect::{Dialect, Flavour};
use crate::model::TableName;

const MYSQL: Dialect = Dialect::Mysql;
const IN_PLACE: &str = ", ALGORITHM=INPLACE, LOCK=NONE";

pub(super) fn steps(context: &Context<'_>, change: &Change) -> Vec<Step> {
    match change {
        Change::CreateObject(object) => vec![Step::of(object.create.clone())],
        Change::DropObject(object) => {
            let name = quoted_table(&object.name, MYSQL);
            vec![Step::of([format!("DROP {} IF EXISTS {name}", object.kind)])]
        }
        Change::ChangeObject { .. }
        | Change::CreateEnum(_)
        | Change::DropEnum(_)
        | Change::ChangeEnum { .. } => vec![by_hand(change)],
        Change::CreateTable(table) => vec![Step::of(create_table(table, MYSQL))],
        Change::DropTable(table) => {
            vec![loss(context, change, vec![drop_table(&table.name, MYSQL)])]
        }
        Change::AddColumn { table, column } => add_column(context, table, column),
        Change::DropColumn { table, column } => {
            let statement = drop_column(table, column, MYSQL);
            if column.computed {
                return vec![Step::of([statement])];
            }
            vec![loss(context, change, vec![statement])]
        }
        Change::ChangeColumn {
            table,
            from,
            to,
            changes,
        } => change_column(
            context,
            change,
            table,
            (from.as_ref(), to.as_ref()),
            changes,
        ),
        Change::AddKey { table, key } => vec![add_key(context, table, key)],
        Change::DropKey { table, key } => {
            let (mut steps, back) = without_references(context, table, key);
            steps.push(drop_key(context, change, table, key));
            steps.extend(back);
            steps
        }
        Change::RenameKey { table, from, to } => rename_key(table, from, to),
        Change::ChangeOptions { table, to, .. } => vec![Step::of([altered(table, MYSQL, to)])],
        Change::ChangeComment { table, to, .. } => {
            let comment = text(to.as_deref().unwrap_or_default(), MYSQL);
            vec![Step::of([altered(
                table,
                MYSQL,
                &format!("COMMENT={comment}"),
            )])]
        }
        Change::AddCapture { .. } | Change::DropCapture { .. } => captures(context, change, MYSQL),
        Change::CreateView(view) => vec![Step::of(create_view(view))],
        Change::DropView(view) => vec![Step::of([drop_view(view, MYSQL)])],
    }
}

/// MySQL's checks stand beside their column, MariaDB's are part of it.
fn line<'c>(context: &Context<'_>, column: &'c ColumnShape) -> &'c str {
    if context.to.flavour == Some(Flavour::Mysql) {
        &column.alone
    } else {
        &column.line
    }
}

fn add_column(context: &Context<'_>, table: &TableName, column: &ColumnShape) -> Vec<Step> {
    if lacks_value(column) {
        let modify = altered(table, MYSQL, &format!("MODIFY {}", line(context, column)));
        return add_without_value(table, column, MYSQL, Step::of([modify]));
    }
    let counts = column.generated.starts_with("counted");
    let key = if counts {
        counted_key(context, table, column)
    } else {
        String::new()
    };
    vec![Step::of([altered(
        table,
        MYSQL,
        &format!("ADD COLUMN {}{key}", column.line),
    )])]
}

/// A column can count only with its key in the same statement.
fn counted_key(context: &Context<'_>, table: &TableName, column: &ColumnShape) -> String {
    let keys = context
        .to
        .table(table)
        .map(|table| table.keys.as_slice())
        .unwrap_or_default();
    let leads = |key: &&Key| {
        key.columns.first() == Some(&column.name)
            && key.kind != KeyKind::ForeignKey
            && key.kind != KeyKind::Check
    };
    let key = keys.iter().find(leads);
    key.map_or(String::new(), |key| format!(", ADD {}", key.sql))
}

fn change_column(
    context: &Context<'_>,
    change: &Change,
    table: &TableName,
    (from, to): (&ColumnShape, &ColumnShape),
    changes: &[ColumnChange],
) -> Vec<Step> {
    let has = |wanted: ColumnChange| changes.contains(&wanted);
    let is_stored = |column: &ColumnShape| column.generated.ends_with(" stored");
    let is_kept = from.computed && to.computed && is_stored(from) == is_stored(to);
    if has(ColumnChange::Generated) && (from.computed || to.computed) && !is_kept {
        let keys = keys_over(context, table, to).collect();
        let (references, others) = with_references(context, table, keys);
        let drops = references.iter().chain(&others);
        let drops = drops.map(|key| drop_key(context, change, table, key));
        let mut statements: Vec<String> = drops.flat_map(|step| step.statements).collect();
        statements.push(drop_column(table, from, MYSQL));
        statements.push(altered(table, MYSQL, &format!("ADD COLUMN {}", to.line)));
        let adds = others.iter().chain(&references);
        statements.extend(adds.map(|key| altered(table, MYSQL, &format!("ADD {}", key.sql))));
        return vec![if from.computed && to.computed {
            Step::of(statements).about(change)
        } else {
            loss(context, change, statements)
        }];
    }
    let in_place = if is_in_place(context, table, changes) {
        IN_PLACE
    } else {
        ""
    };
    let words = format!("MODIFY {}{in_place}", line(context, to));
    let modify = Step::of([altered(table, MYSQL, &words)]);
    let modify = if has(ColumnChange::Type) {
        modify.about(change)
    } else {
        modify
    };
    if has(ColumnChange::Type) && loses(from, to) && context.keeps_data {
        let remark = format!("{change}: what does not fit into the new type is lost");
        return vec![Step {
            commented: true,
            ..modify.remark(remark)
        }];
    }
    if has(ColumnChange::Null) && !to.nullable {
        let name = quoted(&to.name, MYSQL);
        let update = format!(
            "UPDATE {} SET {name} = … WHERE {name} IS NULL;",
            quoted_table(table, MYSQL)
        );
        return vec![modify.remark(format!("rows without a value need one: `{update}`"))];
    }
    vec![modify]
}

fn add_key(context: &Context<'_>, table: &TableName, key: &Key) -> Step {
    let online = if key.kind == KeyKind::Index && is_usual(key) && context.is_online(table) {
        IN_PLACE
    } else {
        ""
    };
    Step::of([altered(table, MYSQL, &format!("ADD {}{online}", key.sql))])
}

/// No index of words or shapes, which InnoDB makes under a lock.
fn is_usual(key: &Key) -> bool {
    !key.sql.contains("FULLTEXT") && !key.sql.contains("SPATIAL")
}

/// Whether InnoDB can change the column while rows are written. A table that is written anew for it has neither indexes that are made
/// under a lock nor computed columns.
fn is_in_place(context: &Context<'_>, table: &TableName, changes: &[ColumnChange]) -> bool {
    let keeps_rows =
        |change: &ColumnChange| matches!(change, ColumnChange::Default | ColumnChange::Comment);
    let is_plain = |change: &ColumnChange| keeps_rows(change) || *change == ColumnChange::Null;
    let is_simple = context.from.table(table).is_some_and(|table| {
        table.keys.iter().all(is_usual) && !table.columns.iter().any(|column| column.computed)
    });
    let is_possible = changes.iter().all(keeps_rows) || is_simple;
    changes.iter().all(is_plain) && is_possible && context.is_online(table)
}

/// A foreign key needs an index of its columns (error 1553), and the one that the server made for it went when this one came. Added
/// anew it gets one again.
fn without_references(
    context: &Context<'_>,
    table: &TableName,
    index: &Key,
) -> (Vec<Step>, Vec<Step>) {
    let (Some(from), Some(to)) = (context.from.table(table), context.to.table(table)) else {
        return (Vec::new(), Vec::new());
    };
    let stays = |key: &&Key| {
        key.kind == KeyKind::ForeignKey
            && leads(index, &key.columns)
            && to.keys.iter().any(|one| one.does_the_same(key))
            && !to.keys.iter().any(|one| leads(one, &key.columns))
    };
    let references = from.keys.iter().filter(stays);
    let of_reference = |key: &Key| {
        let name = quoted(key.known_name.as_deref()?, MYSQL);
        let dropped = altered(table, MYSQL, &format!("DROP FOREIGN KEY {name}"));
        let added = altered(table, MYSQL, &format!("ADD {}", key.sql));
        Some((Step::of([dropped]), Step::of([added])))
    };
    references.filter_map(of_reference).unzip()
}

/// The foreign keys and the other keys that go while a column is made anew: beside these keys, the foreign keys that have no other
/// index of their columns (error 1553).
fn with_references<'c>(
    context: &Context<'c>,
    table: &TableName,
    keys: Vec<&'c Key>,
) -> (Vec<&'c Key>, Vec<&'c Key>) {
    let (references, others): (Vec<&Key>, Vec<&Key>) = keys
        .into_iter()
        .partition(|key| key.kind == KeyKind::ForeignKey);
    let (Some(from), Some(to)) = (context.from.table(table), context.to.table(table)) else {
        return (references, others);
    };
    let goes = |key: &Key, among: &[&Key]| among.iter().any(|one| one.does_the_same(key));
    let needs = |key: &&Key| {
        let is_led = others.iter().any(|one| leads(one, &key.columns));
        let mut left = from.keys.iter().filter(|one| !goes(one, &others));
        is_led && !left.any(|one| leads(one, &key.columns))
    };
    let also = from.keys.iter().filter(|key| {
        key.kind == KeyKind::ForeignKey
            && key.known_name.is_some()
            && !goes(key, &references)
            && to.keys.iter().any(|one| one.does_the_same(key))
    });
    let also: Vec<&Key> = also.filter(needs).collect();
    ([references, also].concat(), others)
}

fn leads(key: &Key, columns: &[String]) -> bool {
    let pairs = key.columns.iter().zip(columns);
    let mut pairs = pairs.map(|(one, other)| folded(one, MYSQL) == folded(other, MYSQL));
    is_index(key) && key.columns.len() >= columns.len() && pairs.all(|is_same| is_same)
}

fn is_index(key: &Key) -> bool {
    match key.kind {
        KeyKind::PrimaryKey | KeyKind::Unique | KeyKind::Index => true,
        KeyKind::Check | KeyKind::Exclusion | KeyKind::ForeignKey => false,
    }
}

fn drop_key(context: &Context<'_>, change: &Change, table: &TableName, key: &Key) -> Step {
    let Some(name) = &key.known_name else {
        return by_hand(change);
    };
    let name = quoted(name, MYSQL);
    let words = match key.kind {
        KeyKind::PrimaryKey => "DROP PRIMARY KEY".to_owned(),
        KeyKind::Unique | KeyKind::Index | KeyKind::Exclusion => format!("DROP INDEX {name}"),
        KeyKind::ForeignKey => format!("DROP FOREIGN KEY {name}"),
        KeyKind::Check => {
            let word = if context.to.flavour == Some(Flavour::Mysql) {
                "CHECK"
            } else {
                "CONSTRAINT"
            };
            format!("DROP {word} {name}")
        }
    };
    Step::of([altered(table, MYSQL, &words)])
}

/// Keys can be renamed; of the others only a new one has another name.
fn rename_key(table: &TableName, from: &Key, to: &Key) -> Vec<Step> {
    let (Some(from_name), Some(to_name)) = (&from.known_name, &to.known_name) else {
        return Vec::new();
    };
    let (from_name, to_name) = (quoted(from_name, MYSQL), quoted(to_name, MYSQL));
    let words = match from.kind {
        KeyKind::PrimaryKey => return Vec::new(),
        KeyKind::Unique | KeyKind::Index | KeyKind::Exclusion => {
            vec![format!("RENAME INDEX {from_name} TO {to_name}")]
        }
        KeyKind::ForeignKey => vec![
            format!("DROP FOREIGN KEY {from_name}"),
            format!("ADD {}", to.sql),
        ],
        KeyKind::Check => vec![
            format!("DROP CONSTRAINT {from_name}"),
            format!("ADD {}", to.sql),
        ],
    };
    vec![Step::of(
        words.iter().map(|words| altered(table, MYSQL, words)),
    )]
}
