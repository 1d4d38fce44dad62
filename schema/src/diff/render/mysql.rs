//! MySQL and MariaDB. `ALGORITHM` and `LOCK` are written where InnoDB can do without a copy: it then refuses rather than lock.

mod innodb;

use super::super::change::{Change, ColumnChange};
use super::super::compare::changed_character_set;
use super::super::key::{Key, KeyKind};
use super::super::loss::loses;
use super::super::mysql::Partitioning;
use super::super::order::{added_parts, is_made_anew, ordered};
use super::super::structure::{ColumnShape, TableShape};
use super::{
    Context, Step, about, add_without_value, altered, by_hand, captures, create_table, create_view,
    drop_column, drop_table, drop_view, is_made_again, lacks_value, loss, partitions, quoted,
    quoted_table, text_literal, with_held_back,
};
use crate::column_type::TypeClass;
use crate::dialect::{Dialect, Flavour};
use crate::model::TableName;
use crate::sorting::sort_by;

const MYSQL: Dialect = Dialect::Mysql;
const IN_PLACE: &str = ", ALGORITHM=INPLACE, LOCK=NONE";

pub(in crate::diff) fn render(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let groups = joined(context, ordered(context.from, context.to, changes));
    let steps = groups.iter().map(|one| group(context, one));
    with_held_back(context, &groups, steps.collect())
}

/// Groups of columns of one table that follow each other and are written anew are one, so that the table is written once.
fn joined(context: &Context<'_>, groups: Vec<Vec<Change>>) -> Vec<Vec<Change>> {
    let mut all: Vec<Vec<Change>> = Vec::new();
    for group in groups {
        let table = retyped_table(context, &group);
        match all.last_mut() {
            Some(last) if table.is_some() && retyped_table(context, last) == table => {
                last.extend(group)
            }
            Some(_) | None => all.push(group),
        }
    }
    all
}

/// The table of a group that only gives columns other types, in statements that nothing is written beside.
fn retyped_table<'g>(context: &Context<'_>, group: &'g [Change]) -> Option<&'g TableName> {
    let is_plain = |change: &Change| {
        let Change::ChangeColumn {
            from, to, changes, ..
        } = change
        else {
            return false;
        };
        let has = |wanted: ColumnChange| changes.contains(&wanted);
        let is_commented = context.keeps_data && loses(MYSQL, from, to);
        let needs_value = has(ColumnChange::Null) && !to.nullable;
        has(ColumnChange::Type)
            && !is_commented
            && !needs_value
            && !is_made_anew(from, to, changes, MYSQL)
    };
    let table = group.first()?.table()?;
    group.iter().all(is_plain).then_some(table)
}

/// The steps of changes that belong together: those of one table alone are one statement.
fn group(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let table = changes.first().and_then(Change::table);
    let Some(table) = table.filter(|_| changes.len() > 1) else {
        let steps = changes.iter().map(|one| about(one, steps(context, one)));
        return steps.flatten().collect();
    };
    let mut changes: Vec<&Change> = changes.iter().collect();
    sort_by(&mut changes, |one, other| clause(one).cmp(&clause(other)));
    let head = altered(table, MYSQL, "");
    let mut joined = Step::default();
    let mut clauses = Vec::new();
    for step in changes.iter().flat_map(|one| part(context, one)) {
        joined.commented |= step.commented;
        joined.remarks.extend(step.remarks);
        joined.about.extend(step.about);
        let of_step = step.statements.into_iter();
        clauses.extend(of_step.map(|sql| sql.replacen(&head, "", 1)));
    }
    joined.statements = vec![head + &clauses.join(", ")];
    vec![joined]
}

/// The steps of a change as a part of a statement that locks its table.
fn part(context: &Context<'_>, change: &Change) -> Vec<Step> {
    let steps = match change {
        Change::AddKey { table, key } => {
            vec![added_key(table, key, &own_dropped(context, table, key))]
        }
        change => steps(context, change),
    };
    about(change, steps)
}

/// The place of a change in a statement: one key goes before another of its name comes, and a column comes before its key.
fn clause(change: &Change) -> u8 {
    match change {
        Change::DropKey { .. } | Change::DropColumn { .. } => 0,
        Change::AddColumn { .. } | Change::ChangeColumn { .. } => 1,
        _ => 2,
    }
}

fn steps(context: &Context<'_>, change: &Change) -> Vec<Step> {
    match change {
        Change::CreateObject(object) => vec![Step::of(object.create.clone())],
        Change::DropObject(object) => {
            let name = quoted_table(&object.name, MYSQL);
            vec![Step::of([format!("DROP {} IF EXISTS {name}", object.kind)])]
        }
        Change::ChangeObject { .. }
        | Change::CreateEnum(_)
        | Change::DropEnum(_)
        | Change::ChangeEnum { .. }
        | Change::ChangeDistribution { .. }
        | Change::ValidateKey { .. } => vec![by_hand(change)],
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
        Change::DropKey { table, key } => vec![drop_key(context, change, table, key)],
        Change::RenameKey { table, from, to } => rename_key(table, from, to),
        Change::ChangeOptions { table, from, to } => {
            vec![change_options(context, table, (from, to))]
        }
        Change::ChangePartitioning { table, from, to } => vec![divide(table, from, to)],
        Change::ChangeComment { table, to, .. } => {
            let comment = text_literal(to.as_deref().unwrap_or_default(), MYSQL);
            vec![Step::of([altered(
                table,
                MYSQL,
                &format!("COMMENT={comment}"),
            )])]
        }
        Change::AddPartition { .. } | Change::DropPartition { .. } => {
            partitions(context, change, MYSQL)
        }
        Change::AddCapture { .. } | Change::DropCapture { .. } => captures(context, change, MYSQL),
        Change::CreateView(view) => vec![Step::of(create_view(view))],
        Change::DropView(view) => vec![Step::of([drop_view(view, MYSQL)])],
    }
}

/// The options of a table. A column takes the table's character set when it is made and keeps it, so those that say none are
/// declared again with another one: `CONVERT TO` would make larger types of them.
fn change_options(context: &Context<'_>, table: &TableName, (from, to): (&str, &str)) -> Step {
    let shapes = context.from.table(table).zip(context.to.table(table));
    let Some(set) = changed_character_set(from, to) else {
        let own = shapes.map_or(to, |(_, to)| &to.own_options);
        return Step::of([altered(table, MYSQL, own)]);
    };
    let columns = shapes.map_or(Vec::new(), |(from, to)| set_of_table(from, to));
    let clauses = columns
        .iter()
        .map(|column| format!("MODIFY {}", line(context, column)));
    let clauses: Vec<String> = std::iter::once(set).chain(clauses).collect();
    Step::of([altered(table, MYSQL, &clauses.join(", "))])
}

/// Parts come beside those that are there. Else all rows are written anew, and one that fits no partition is refused.
fn divide(table: &TableName, from: &Option<Partitioning>, to: &Option<Partitioning>) -> Step {
    let added = added_parts(from, to).map(|parts| format!("ADD PARTITION ({})", parts.join(", ")));
    let anew = to
        .as_ref()
        .map_or("REMOVE PARTITIONING", Partitioning::written);
    Step::of([altered(table, MYSQL, added.as_deref().unwrap_or(anew))])
}

/// The columns of both that have the character set of their table.
pub(in crate::diff) fn set_of_table<'t>(
    from: &TableShape,
    to: &'t TableShape,
) -> Vec<&'t ColumnShape> {
    let is_text = |column: &&ColumnShape| {
        let has_characters = matches!(
            column.column_type.class(),
            TypeClass::Text | TypeClass::Enum | TypeClass::Set
        );
        has_characters && column.column.native.type_words.is_empty() && column.collation.is_none()
    };
    let columns = to.columns.iter().filter(is_text);
    columns
        .filter(|column| from.column(&column.name, MYSQL).is_some())
        .collect()
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
    vec![Step::of([altered(
        table,
        MYSQL,
        &format!("ADD COLUMN {}", column.line),
    )])]
}

fn change_column(
    context: &Context<'_>,
    change: &Change,
    table: &TableName,
    (from, to): (&ColumnShape, &ColumnShape),
    changes: &[ColumnChange],
) -> Vec<Step> {
    let has = |wanted: ColumnChange| changes.contains(&wanted);
    if is_made_anew(from, to, changes, MYSQL) {
        let statements = vec![
            drop_column(table, from, MYSQL),
            altered(table, MYSQL, &format!("ADD COLUMN {}", to.line)),
        ];
        return vec![if from.computed && to.computed {
            Step::of(statements).about(change)
        } else {
            loss(context, change, statements)
        }];
    }
    let in_place = if is_in_place(context, table, changes) && !is_json_by_its_check(to) {
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
    if has(ColumnChange::Type) && loses(MYSQL, from, to) && context.keeps_data {
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
    let is_new = key.kind == KeyKind::Index && !is_made_again(context, table, key);
    let online = if is_new && is_usual(key) && context.is_online(table) {
        IN_PLACE
    } else {
        ""
    };
    let dropped = own_dropped(context, table, key);
    added_key(table, key, &format!("{dropped}{online}"))
}

/// Drops InnoDB's own indexes in the place of which this one comes.
fn own_dropped(context: &Context<'_>, table: &TableName, key: &Key) -> String {
    let own = innodb::own_indexes_replaced_by(context, table, key);
    let names = own.filter_map(|one| one.known_name.as_ref());
    names
        .map(|name| format!(", DROP INDEX {}", quoted(name, MYSQL)))
        .collect()
}

fn added_key(table: &TableName, key: &Key, online: &str) -> Step {
    Step::of([altered(table, MYSQL, &format!("ADD {}{online}", key.sql))])
}

/// No index of words or shapes, which InnoDB makes under a lock.
fn is_usual(key: &Key) -> bool {
    !key.is_special
}

/// Whether InnoDB can change the column while rows are written. A table that is written anew for it has neither indexes that are made
/// under a lock nor computed columns.
fn is_in_place(context: &Context<'_>, table: &TableName, changes: &[ColumnChange]) -> bool {
    let keeps_rows =
        |change: &ColumnChange| matches!(change, ColumnChange::Default | ColumnChange::Comment);
    let is_plain = |change: &ColumnChange| keeps_rows(change) || *change == ColumnChange::Null;
    // A column that the same migration adds may be there before it.
    let sides = [context.from, context.to].map(|side| side.table(table));
    let is_simple = sides.iter().flatten().all(|table| {
        table.keys.iter().all(is_usual) && !table.columns.iter().any(|column| column.computed)
    });
    let is_possible = changes.iter().all(keeps_rows) || is_simple;
    changes.iter().all(is_plain) && is_possible && context.is_online(table)
}

/// Whether MariaDB takes the column for another type (error 1846): once the table is open, a `longtext` with `json_valid` is `json`.
fn is_json_by_its_check(column: &ColumnShape) -> bool {
    let is_json = column.column.column_type.class() == TypeClass::Json;
    is_json && !column.type_sql.to_lowercase().starts_with("json")
}

fn drop_key(context: &Context<'_>, change: &Change, table: &TableName, key: &Key) -> Step {
    let Some(name) = &key.known_name else {
        return by_hand(change);
    };
    if innodb::replacement_of_own_index(context, table, key).is_some() {
        return Step::default();
    }
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
