//! PostgreSQL. What would keep others from a large table for long is a step that can be done online.

mod distribution;
mod enums;
mod holders;
mod replaced;
mod settings;
mod triggers;

use self::enums::{change_enum, create_enum};
pub(in crate::diff) use self::enums::{columns_of, is_enum_made_anew};
use self::settings::settings;
use super::super::change::{Change, ColumnChange};
use super::super::key::{Key, KeyKind};
use super::super::loss::loses;
use super::super::order::{is_counted, is_made_anew, ordered};
use super::super::structure::{ColumnShape, ObjectShape, TableShape, table_key};
use super::{
    Context, Step, about, add_without_value, altered, by_hand, captures, comment_on, create_table,
    create_view, drop_column, drop_table, drop_view, is_made_again, lacks_value, loss, partitions,
    quoted, quoted_table, text_literal, with_held_back,
};
use crate::column_type::TypeClass;
use crate::dialect::Dialect;
use crate::model::TableName;

const POSTGRES: Dialect = Dialect::Postgres;
/// The name of the check that is there for the time of SET NOT NULL.
const NOT_NULL: &str = "bindery_not_null";

pub(in crate::diff) fn render(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let groups = ordered(context.from, context.to, changes);
    let steps = groups.iter().map(|group| {
        let steps = group.iter().map(|change| {
            let own = own_steps(context, change);
            about(change, triggers::with_triggers(context, change, own))
        });
        steps.flatten().collect()
    });
    with_held_back(context, &groups, steps.collect())
}

/// Statements that make an object of a schema, which may be the first of it.
fn in_schema(name: &TableName, made: Vec<String>) -> Step {
    let schema = name.schema.iter();
    let schema = schema.map(|one| crate::plan::pieces::create_schema(one, POSTGRES));
    Step::of(schema.chain(made))
}

fn own_steps(context: &Context<'_>, change: &Change) -> Vec<Step> {
    if let Some(why) = distribution::refused(context, change) {
        return vec![by_hand(change).remark(why)];
    }
    match change {
        Change::CreateObject(object) => vec![in_schema(&object.name, object.create.clone())],
        Change::DropObject(object) => vec![Step::of(drop_object(object))],
        Change::ChangeObject { from, to } => vec![replaced::replaced(change, from, to)],
        Change::CreateEnum(values) => vec![in_schema(&values.name, vec![create_enum(values)])],
        Change::DropEnum(values) => {
            let statement = format!("DROP TYPE {}", quoted_table(&values.name, POSTGRES));
            vec![Step::of([statement])]
        }
        Change::ChangeEnum { from, to } => vec![change_enum(context, change, (from, to))],
        Change::CreateTable(table) => {
            let made = create_table(table, POSTGRES).into_iter();
            let spread = table.distribution.iter().map(|one| one.create.clone());
            vec![in_schema(&table.name, made.chain(spread).collect())]
        }
        Change::DropTable(table) => vec![loss(
            context,
            change,
            vec![drop_table(&table.name, POSTGRES)],
        )],
        Change::AddColumn { table, column } => add_column(context, table, column),
        Change::DropColumn { table, column } => {
            let statement = drop_column(table, column, POSTGRES);
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
        Change::DropKey { table, key } => vec![Step::of([drop_key(table, key)])],
        Change::RenameKey { table, from, to } => vec![Step::of([rename_key(table, from, to)])],
        // Rows are read and written meanwhile, unless the transaction holds a stronger lock from before.
        Change::ValidateKey { table, key } => vec![Step {
            online: context.online,
            ..Step::of([validate_key(table, key)])
        }],
        Change::ChangeOptions { .. } | Change::ChangePartitioning { .. } => vec![by_hand(change)],
        Change::ChangeComment { table, to, .. } => {
            vec![Step::of([comment_on(table, None, to.as_ref(), POSTGRES)])]
        }
        Change::AddPartition { .. } | Change::DropPartition { .. } => {
            partitions(context, change, POSTGRES)
        }
        Change::ChangeDistribution { table, from, to } => vec![distribution::moved(
            context,
            change,
            table,
            (from.as_ref(), to.as_ref()),
        )],
        Change::AddCapture { .. } | Change::DropCapture { .. } => {
            captures(context, change, POSTGRES)
        }
        Change::CreateView(view) => vec![in_schema(&view.name, create_view(view))],
        Change::DropView(view) => vec![Step::of([drop_view(view, POSTGRES)])],
    }
}

/// Extensions and collations stay: others may need them, which the schema does not know.
fn drop_object(object: &ObjectShape) -> Option<String> {
    let name = quoted_table(&object.name, POSTGRES);
    let arguments = object.arguments.as_ref();
    let arguments = arguments.map_or(String::new(), |one| format!("({})", one.written));
    let is_shared = matches!(object.kind, "EXTENSION" | "COLLATION");
    (!is_shared).then(|| format!("DROP {} IF EXISTS {name}{arguments}", object.kind))
}

fn add_column(context: &Context<'_>, table: &TableName, column: &ColumnShape) -> Vec<Step> {
    added_column(table, column, set_not_null(context, table, column))
}

fn added_column(table: &TableName, column: &ColumnShape, set_not_null: Step) -> Vec<Step> {
    let mut steps = if lacks_value(column) {
        add_without_value(table, column, POSTGRES, set_not_null)
    } else {
        let added = altered(table, POSTGRES, &format!("ADD COLUMN {}", column.line));
        let step = Step::of([added]);
        vec![match needs_value_for_domain(column) {
            true => step.remark(format!(
                "rows that are there need a value for `{}`, as its domain takes no NULL: write a DEFAULT here",
                column.name
            )),
            false => step,
        }]
    };
    let comment = column.comment.iter();
    steps.extend(comment.map(|comment| {
        Step::of([comment_on(
            table,
            Some(&column.name),
            Some(comment),
            POSTGRES,
        )])
    }));
    steps
}

/// Whether neither the column nor its domain has a default, and the domain refuses NULL.
fn needs_value_for_domain(column: &ColumnShape) -> bool {
    let of_domain = column.column.native.not_null_of_domain;
    of_domain && column.column.default.is_none() && column.generated.is_empty()
}

/// A check that was validated spares SET NOT NULL the reading of all rows under a lock (PostgreSQL 12 and later). A primary key needs
/// the column at once.
fn set_not_null(context: &Context<'_>, table: &TableName, column: &ColumnShape) -> Step {
    let name = quoted(&column.name, POSTGRES);
    let altered = |words: &str| altered(table, POSTGRES, words);
    let set = altered(&format!("ALTER COLUMN {name} SET NOT NULL"));
    let key = context.to.table(table).and_then(TableShape::primary_key);
    if !context.is_online(table) || key.is_some_and(|key| key.columns.contains(&column.name)) {
        return Step::of([set]);
    }
    let online = Step::of([
        altered(&format!(
            "ADD CONSTRAINT {NOT_NULL} CHECK ({name} IS NOT NULL) NOT VALID"
        )),
        altered(&format!("VALIDATE CONSTRAINT {NOT_NULL}")),
        set,
        altered(&format!("DROP CONSTRAINT {NOT_NULL}")),
    ]);
    Step {
        online: true,
        ..online
    }
}

pub(in crate::diff) fn drop_not_null(table: &TableName, column: &str) -> String {
    let name = quoted(column, POSTGRES);
    altered(
        table,
        POSTGRES,
        &format!("ALTER COLUMN {name} DROP NOT NULL"),
    )
}

fn change_column(
    context: &Context<'_>,
    change: &Change,
    table: &TableName,
    (from, to): (&ColumnShape, &ColumnShape),
    changes: &[ColumnChange],
) -> Vec<Step> {
    let has = |wanted: ColumnChange| changes.contains(&wanted);
    let name = quoted(&to.name, POSTGRES);
    let at_column = |words: &str| altered(table, POSTGRES, &format!("ALTER COLUMN {name} {words}"));
    let known = context.from.table(table);
    if has(ColumnChange::Type) && known.is_some_and(|table| holders::divides(table, from)) {
        let why = "the database changes no type of a column by which rows are divided";
        return vec![by_hand(change).remark(why)];
    }
    if is_made_anew(from, to, changes, POSTGRES) {
        return match to.computed {
            true => vec![change_computed(context, change, table, (from, to))],
            false => no_longer_computed(change, table, (from, to)),
        };
    }
    let is_serial = |column: &ColumnShape| column.generated == "serial";
    // The sequence stays, and belongs to the column.
    let drops_serial = has(ColumnChange::Generated) && is_serial(from) && to.generated.is_empty();
    let changes_serial = has(ColumnChange::Generated) && (is_serial(from) || is_serial(to));
    if has(ColumnChange::Type) && is_serial(from) && is_serial(to) {
        return vec![Step::of(change_serial(context, table, to)).about(change)];
    }
    let retyped = has(ColumnChange::Type) || has(ColumnChange::Collation);
    let Some(settings) = settings(from, to, retyped).filter(|_| !changes_serial || drops_serial)
    else {
        return vec![by_hand(change)];
    };
    let mut statements = Vec::new();
    if has(ColumnChange::Generated) {
        statements.extend(no_longer_generated(from, to).map(at_column));
    }
    let default_between =
        from.default.is_some() && (has(ColumnChange::Type) || has(ColumnChange::Default));
    if default_between && (has(ColumnChange::Type) || to.default.is_none()) {
        statements.push(at_column("DROP DEFAULT"));
    }
    if retyped {
        let collation = to.collation.as_ref();
        let collation = collation.map(|name| format!(" COLLATE {}", quoted(name, POSTGRES)));
        let collation = collation
            .or_else(|| has(ColumnChange::Collation).then(|| " COLLATE \"default\"".to_owned()));
        let using = if needs_using(from, to) {
            using(&name, from, to)
        } else {
            String::new()
        };
        statements.push(at_column(&format!(
            "TYPE {}{}{using}",
            to.type_sql,
            collation.unwrap_or_default()
        )));
    }
    statements.extend(settings.iter().map(|words| at_column(words)));
    if let Some(default) = to
        .default
        .as_ref()
        .filter(|_| default_between || has(ColumnChange::Default))
    {
        let default = at_column(&format!("SET DEFAULT {default}"));
        statements.extend(with_new_sequence(context, table, to, default));
    }
    if has(ColumnChange::Null) && to.nullable {
        statements.push(at_column("DROP NOT NULL"));
    }
    let mut steps = Vec::new();
    let lost = has(ColumnChange::Type) && loses(POSTGRES, from, to);
    let first = Step::of(statements);
    let first = if retyped || from.computed {
        first.about(change)
    } else {
        first
    };
    if !first.statements.is_empty() {
        steps.push(if lost && context.keeps_data {
            Step {
                commented: true,
                ..first.remark(format!(
                    "{change}: what does not fit into the new type is lost"
                ))
            }
        } else {
            first
        });
    }
    if has(ColumnChange::Null) && !to.nullable {
        let update = format!(
            "UPDATE {} SET {name} = … WHERE {name} IS NULL;",
            quoted_table(table, POSTGRES)
        );
        let step = if has(ColumnChange::Generated) {
            Step::of([at_column("SET NOT NULL")])
        } else {
            set_not_null(context, table, to).about(change)
        };
        steps.push(step.remark(format!("rows without a value need one: `{update}`")));
    }
    if has(ColumnChange::Generated) && is_counted(to) {
        steps.push(change_identity(change, table, (from, to)));
    }
    if has(ColumnChange::Comment) {
        steps.push(Step::of([comment_on(
            table,
            Some(&to.name),
            to.comment.as_ref(),
            POSTGRES,
        )]));
    }
    steps
}

/// The words after which the database no longer makes the values of a column, before it gets another type or default.
fn no_longer_generated(from: &ColumnShape, to: &ColumnShape) -> Option<&'static str> {
    if from.computed {
        Some("DROP EXPRESSION")
    } else if is_counted(from) && !is_counted(to) {
        Some("DROP IDENTITY")
    } else {
        (from.generated == "serial").then_some("DROP DEFAULT")
    }
}

/// The default of a column with the statements that give it its sequence, where that is new: it counts on after the rows that there are.
fn with_new_sequence(
    context: &Context<'_>,
    table: &TableName,
    to: &ColumnShape,
    default: String,
) -> Vec<String> {
    let sequence = context.to.model().sequence_of(table, &to.column);
    let known = context.from.model().sequence_names();
    let Some(sequence) = sequence.filter(|name| !known.contains(name)) else {
        return vec![default];
    };
    let (name, shown) = (quoted(&to.name, POSTGRES), quoted_table(table, POSTGRES));
    let sequence = quoted_table(&sequence, POSTGRES);
    vec![
        format!("ALTER SEQUENCE {sequence} OWNED BY {shown}.{name}"),
        default,
        format!(
            "SELECT setval({}, coalesce(max({name}), 0) + 1, false) FROM {shown}",
            text_literal(&sequence, POSTGRES)
        ),
    ]
}

/// `serial` is no type of its own, and its sequence counts in the type that it was made with.
fn change_serial(context: &Context<'_>, table: &TableName, to: &ColumnShape) -> Vec<String> {
    let number = match to.type_sql.to_lowercase().as_str() {
        "smallserial" | "serial2" => "smallint",
        "bigserial" | "serial8" => "bigint",
        _ => "integer",
    };
    let name = quoted(&to.name, POSTGRES);
    let column = altered(
        table,
        POSTGRES,
        &format!("ALTER COLUMN {name} TYPE {number}"),
    );
    let sequence = context.to.model().sequence_of(table, &to.column);
    let sequence = sequence.map(|name| {
        format!(
            "ALTER SEQUENCE {} AS {number}",
            quoted_table(&name, POSTGRES)
        )
    });
    [column].into_iter().chain(sequence).collect()
}

/// An expression of a computed column cannot be changed in PostgreSQL 15 and before, so the column is made anew.
fn change_computed(
    context: &Context<'_>,
    change: &Change,
    table: &TableName,
    (from, to): (&ColumnShape, &ColumnShape),
) -> Step {
    let statements = vec![
        drop_column(table, from, POSTGRES),
        altered(table, POSTGRES, &format!("ADD COLUMN {}", to.line)),
    ];
    if from.computed {
        return Step::of(statements).about(change);
    }
    loss(context, change, statements)
}

/// A column with values of its own type in place of a computed one, whose values are none of that type.
fn no_longer_computed(
    change: &Change,
    table: &TableName,
    (from, to): (&ColumnShape, &ColumnShape),
) -> Vec<Step> {
    let name = quoted(&to.name, POSTGRES);
    let words = format!("ALTER COLUMN {name} SET NOT NULL");
    let set_not_null = Step::of([altered(table, POSTGRES, &words)]);
    let dropped = Step::of([drop_column(table, from, POSTGRES)]);
    let remark = format!("{change}: what was computed is no value of it");
    let mut steps = vec![dropped.remark(remark)];
    steps.extend(added_column(table, to, set_not_null));
    steps.into_iter().map(|step| step.about(change)).collect()
}

fn change_identity(
    change: &Change,
    table: &TableName,
    (from, to): (&ColumnShape, &ColumnShape),
) -> Step {
    let name = quoted(&to.name, POSTGRES);
    let at_column = |words: &str| altered(table, POSTGRES, &format!("ALTER COLUMN {name} {words}"));
    let options = |column: &ColumnShape| {
        column
            .generated
            .split_whitespace()
            .skip(2)
            .collect::<Vec<_>>()
            .join(" ")
    };
    if is_counted(from) && options(from) != options(to) {
        return by_hand(change);
    }
    let kind = if to.generated.contains("true") {
        "ALWAYS"
    } else {
        "BY DEFAULT"
    };
    if is_counted(from) {
        return Step::of([at_column(&format!("SET GENERATED {kind}"))]);
    }
    let shown = quoted_table(table, POSTGRES);
    Step::of([
        at_column(&format!("ADD GENERATED {kind} AS IDENTITY")),
        format!(
            "SELECT setval(pg_get_serial_sequence({}, {}), coalesce(max({name}), 0) + 1, false) FROM {shown}",
            text_literal(&shown, POSTGRES),
            text_literal(&to.name, POSTGRES)
        ),
    ])
}

/// Whether values of one of the types are no values of the other by themselves, so that what reads both is refused.
pub(in crate::diff) fn is_converted(one: &ColumnShape, other: &ColumnShape) -> bool {
    needs_using(one, other) || needs_using(other, one)
}

/// Whether no foreign key leads from one of the types to the other, in either direction: numbers are compared with those of their kind.
pub(in crate::diff) fn is_compared_otherwise(one: &ColumnShape, other: &ColumnShape) -> bool {
    let kind = |column: &ColumnShape| match column.column_type.class() {
        TypeClass::Decimal => Some(0),
        TypeClass::Float { .. } => Some(1),
        class => class.integer().map(|_| 2),
    };
    is_converted(one, other) || kind(one) != kind(other)
}

/// Whether there is no cast that an assignment makes by itself.
pub(in crate::diff) fn needs_using(from: &ColumnShape, to: &ColumnShape) -> bool {
    if is_other_enum(from, to) || is_read_from_text(from, to) {
        return true;
    }
    let (from, to) = (from.column_type.class(), to.column_type.class());
    let is_number = |class: TypeClass| {
        class.integer().is_some() || matches!(class, TypeClass::Float { .. } | TypeClass::Decimal)
    };
    let is_moment = |class: TypeClass| {
        matches!(
            class,
            TypeClass::Date | TypeClass::DateTime | TypeClass::Timestamp
        )
    };
    let by_itself = from == to
        || to == TypeClass::Text
        || (is_number(from) && is_number(to))
        || (is_moment(from) && is_moment(to));
    !by_itself
}

/// No type that has a text form of its own takes a text by itself, nor another such type, but the two of addresses.
fn is_read_from_text(from: &ColumnShape, to: &ColumnShape) -> bool {
    let base = |one: &ColumnShape| one.type_sql.split('(').next().map(str::to_lowercase);
    let (old, new) = (base(from), base(to));
    let is_address = |name: &Option<String>| matches!(name.as_deref(), Some("inet" | "cidr"));
    to.column.as_text && old != new && !(is_address(&old) && is_address(&new))
}

/// No enum is another one.
fn is_other_enum(from: &ColumnShape, to: &ColumnShape) -> bool {
    let is_enum = |one: &ColumnShape| one.column_type.class() == TypeClass::Enum;
    is_enum(from) && is_enum(to) && from.type_sql.replace('"', "") != to.type_sql.replace('"', "")
}

fn using(name: &str, from: &ColumnShape, to: &ColumnShape) -> String {
    let is_number = from.column_type.class().integer().is_some();
    if to.column_type.class() == TypeClass::Boolean && is_number {
        return format!(" USING {name} <> 0");
    }
    if from.column_type.class() == TypeClass::Boolean && to.column_type.class().integer().is_some()
    {
        return format!(" USING {name}::int::{}", to.type_sql);
    }
    if from.column_type.class() == TypeClass::Text {
        return format!(" USING {name}::{}", to.type_sql);
    }
    format!(" USING {name}::text::{}", to.type_sql)
}

fn add_key(context: &Context<'_>, table: &TableName, key: &Key) -> Step {
    let is_at_once = is_made_again(context, table, key) || is_referred_at_once(context, table, key);
    let online = context.is_online(table) && !is_at_once;
    if key.is_statement {
        let sql = if online {
            key.sql.replacen("INDEX ", "INDEX CONCURRENTLY ", 1)
        } else {
            key.sql.clone()
        };
        return Step {
            online,
            ..Step::of([sql])
        };
    }
    if let Some(statements) = unique_of_index(table, key).filter(|_| online) {
        return Step {
            online,
            ..Step::of(statements)
        };
    }
    let added = altered(table, POSTGRES, &format!("ADD {}", key.sql));
    let not_valid = format!("{added} NOT VALID");
    if key.not_valid {
        return Step {
            online,
            ..Step::of([not_valid])
        };
    }
    let is_checked_later = matches!(key.kind, KeyKind::ForeignKey | KeyKind::Check);
    match key
        .known_name
        .as_ref()
        .filter(|_| online && is_checked_later)
    {
        Some(_) => Step {
            online,
            ..Step::of([not_valid, validate_key(table, key)])
        },
        None => Step::of([added]),
    }
}

fn validate_key(table: &TableName, key: &Key) -> String {
    let name = key.known_name.as_deref().unwrap_or_default();
    let validate = format!("VALIDATE CONSTRAINT {}", quoted(name, POSTGRES));
    altered(table, POSTGRES, &validate)
}

/// Drops and adds it: what is valid stays so by itself.
pub(in crate::diff) fn unvalidate_key(table: &TableName, key: &Key) -> [String; 2] {
    let added = altered(table, POSTGRES, &format!("ADD {} NOT VALID", key.sql));
    [drop_key(table, key), added]
}

/// Whether a foreign key needs it that is made again, or comes with a table that is made in the same migration.
fn is_referred_at_once(context: &Context<'_>, table: &TableName, key: &Key) -> bool {
    let wanted = table_key(table, POSTGRES);
    let refers = |at: &TableShape, one: &Key| {
        let referred = one.referred.as_ref();
        referred.is_some_and(|name| table_key(name, POSTGRES) == wanted)
            && one.referred_columns.len() == key.columns.len()
            && one
                .referred_columns
                .iter()
                .all(|name| key.columns.contains(name))
            // Others come after it.
            && (!context.is_online(&at.name) || is_made_again(context, &at.name, one))
    };
    let mut tables = context.to.tables.iter();
    key.unique && tables.any(|at| at.keys.iter().any(|one| refers(at, one)))
}

/// A unique constraint over columns alone takes an index that is made before it.
fn unique_of_index(table: &TableName, key: &Key) -> Option<[String; 2]> {
    let columns: Vec<String> = key.columns.iter().map(|it| quoted(it, POSTGRES)).collect();
    let columns = columns.join(", ");
    let is_plain = key.kind == KeyKind::Unique && key.sql.ends_with(&format!("UNIQUE ({columns})"));
    let name = key.known_name.as_ref().filter(|_| is_plain)?;
    let (name, shown) = (quoted(name, POSTGRES), quoted_table(table, POSTGRES));
    let index = format!("CREATE UNIQUE INDEX CONCURRENTLY {name} ON {shown} ({columns})");
    let words = format!("ADD CONSTRAINT {name} UNIQUE USING INDEX {name}");
    Some([index, altered(table, POSTGRES, &words)])
}

pub(in crate::diff) fn drop_key(table: &TableName, key: &Key) -> String {
    let name = key.known_name.as_deref().unwrap_or_default();
    if !key.is_statement {
        return altered(
            table,
            POSTGRES,
            &format!("DROP CONSTRAINT {}", quoted(name, POSTGRES)),
        );
    }
    format!(
        "DROP INDEX {}",
        quoted_table(&of_schema(table, name), POSTGRES)
    )
}

/// An index is in the schema of its table.
fn of_schema(table: &TableName, name: &str) -> TableName {
    TableName {
        schema: table.schema.clone(),
        name: name.to_owned(),
    }
}

pub(in crate::diff) fn rename_key(table: &TableName, from: &Key, to: &Key) -> String {
    let (from_name, to_name) = (
        from.known_name.as_deref().unwrap_or_default(),
        to.known_name.as_deref().unwrap_or_default(),
    );
    let to_name = quoted(to_name, POSTGRES);
    if from.is_statement {
        let index = quoted_table(&of_schema(table, from_name), POSTGRES);
        return format!("ALTER INDEX {index} RENAME TO {to_name}");
    }
    let from_name = quoted(from_name, POSTGRES);
    altered(
        table,
        POSTGRES,
        &format!("RENAME CONSTRAINT {from_name} TO {to_name}"),
    )
}
