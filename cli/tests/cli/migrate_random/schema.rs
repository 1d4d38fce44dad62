//! A schema that changes at random.

use bindery_schema::dialect::Dialect;

use super::random::Random;
use super::trigger::Trigger;

#[derive(Clone)]
struct Column {
    name: String,
    kind: String,
    default: Option<String>,
    not_null: bool,
    /// The words after its type where the database computes it.
    computed: Option<String>,
    was: Option<String>,
}

#[derive(Clone)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) was: Option<String>,
    /// The engine `b` has it, rather than `default`.
    pub(super) elsewhere: bool,
    columns: Vec<Column>,
    /// Lines after the columns, each with the column that it is about.
    lines: Vec<(String, String)>,
    indexes: Vec<(String, String)>,
    /// Its key counts by a sequence that has its name of the table.
    serial: bool,
}

#[derive(Clone)]
struct View {
    name: String,
    table: String,
    /// A column beside `id` and `mark`.
    column: Option<String>,
    /// It has all columns of the table, by `*`.
    is_whole: bool,
    /// It has a column whose type bindery does not know.
    is_odd: bool,
    /// The columns of a view of it, where there is one.
    reader: Option<Reader>,
}

/// The columns of a view of a view.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    Some,
    All,
}

#[derive(Clone)]
struct Enum {
    name: String,
    values: Vec<String>,
}

#[derive(Clone)]
pub(super) struct RandomSchema {
    dialect: Dialect,
    pub(super) tables: Vec<Table>,
    views: Vec<View>,
    enums: Vec<Enum>,
    /// Those that migrations written by hand make; no schema has them.
    pub(super) triggers: Vec<Trigger>,
    names: usize,
}

/// The kinds of changes, each as often as it is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ChangeKind {
    NewTable,
    DropTable,
    RenameTable,
    MoveTable,
    AddColumn,
    DropColumn,
    RenameColumn,
    Type,
    Null,
    Default,
    Computed,
    AddIndex,
    DropKey,
    AddKey,
    AddForeignKey,
    View,
    DropView,
    Enum,
    Trigger,
}

const CHANGES: [ChangeKind; 27] = [
    ChangeKind::NewTable,
    ChangeKind::DropTable,
    ChangeKind::RenameTable,
    ChangeKind::MoveTable,
    ChangeKind::AddColumn,
    ChangeKind::AddColumn,
    ChangeKind::DropColumn,
    ChangeKind::RenameColumn,
    ChangeKind::RenameColumn,
    ChangeKind::RenameColumn,
    ChangeKind::Type,
    ChangeKind::Type,
    ChangeKind::Null,
    ChangeKind::Default,
    ChangeKind::Computed,
    ChangeKind::Computed,
    ChangeKind::AddIndex,
    ChangeKind::DropKey,
    ChangeKind::DropKey,
    ChangeKind::AddKey,
    ChangeKind::AddKey,
    ChangeKind::AddForeignKey,
    ChangeKind::View,
    ChangeKind::View,
    ChangeKind::DropView,
    ChangeKind::Enum,
    ChangeKind::Enum,
];

const KINDS: &[(&str, &str)] = &[
    ("INTEGER", "7"),
    ("BIGINT", "8"),
    ("SMALLINT", "3"),
    ("VARCHAR(20)", "'x'"),
    ("DECIMAL(9,2)", "1.50"),
    ("DATE", "'2026-01-31'"),
];

/// One change, in words.
pub(super) type Change = (ChangeKind, String);

impl RandomSchema {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            tables: Vec::new(),
            views: Vec::new(),
            enums: Vec::new(),
            triggers: Vec::new(),
            names: 0,
        }
    }

    fn name(&mut self, kind: &str) -> String {
        self.names += 1;
        format!("{kind}{}", self.names)
    }

    fn column(&mut self, random: &mut Random) -> Column {
        let (kind, value) = KINDS[random.below(KINDS.len())];
        let has_default = random.flip();
        Column {
            name: self.name("c"),
            kind: kind.to_owned(),
            default: has_default.then(|| value.to_owned()),
            not_null: has_default && random.flip(),
            computed: None,
            was: None,
        }
    }

    fn new_table(&mut self, random: &mut Random) -> Change {
        let name = self.name("t");
        let columns = (0..1 + random.below(4))
            .map(|_| self.column(random))
            .collect();
        let words = format!("new table {name}");
        let serial = self.dialect == Dialect::Postgres && self.names.is_multiple_of(3);
        self.tables.push(Table {
            name,
            was: None,
            elsewhere: false,
            columns,
            lines: Vec::new(),
            indexes: Vec::new(),
            serial,
        });
        (ChangeKind::NewTable, words)
    }

    /// One change; what cannot be changed that way gets a column with a key.
    pub(super) fn change(&mut self, random: &mut Random) -> Change {
        if self.tables.len() < 2 {
            return self.new_table(random);
        }
        let kind = CHANGES[random.below(CHANGES.len())];
        let at = random.below(self.tables.len());
        let column = random.below(self.tables[at].columns.len().max(1));
        let has_column = column < self.tables[at].columns.len();
        let changed = match kind {
            ChangeKind::NewTable => return self.new_table(random),
            ChangeKind::DropTable => self.drop_table(at),
            ChangeKind::RenameTable => Some(self.rename_table(at)),
            ChangeKind::MoveTable => self.move_table(at),
            ChangeKind::AddColumn => Some(self.add_column(at, random)),
            ChangeKind::Computed => Some(self.computed(at, random)),
            ChangeKind::DropKey => Some(self.drop_key(at, random)),
            ChangeKind::View => self.view(at, random),
            ChangeKind::DropView => self.drop_view(random),
            ChangeKind::Enum => self.enum_type(at, random),
            ChangeKind::AddForeignKey | ChangeKind::Trigger => None,
            _ if !has_column => None,
            ChangeKind::DropColumn => self.drop_column(at, column),
            ChangeKind::RenameColumn => Some(self.rename_column(at, column)),
            ChangeKind::Type => self.retype(at, column),
            ChangeKind::Null => self.take_null(at, column),
            ChangeKind::Default => self.default(at, column),
            ChangeKind::AddIndex => Some(self.index(at, column)),
            ChangeKind::AddKey => self.key(at, column, random),
        };
        match changed {
            Some(words) => (kind, words),
            None => (ChangeKind::AddForeignKey, self.foreign_key(at, random)),
        }
    }

    fn is_referred(&self, name: &str) -> bool {
        let mut others = self.tables.iter();
        others.any(|table| table.refers_to(name))
    }

    /// Has it a trigger? The server drops that with its table, and nothing brings it back.
    fn fires(&self, name: &str) -> bool {
        self.triggers.iter().any(|one| one.table == name)
    }

    fn drop_table(&mut self, at: usize) -> Option<String> {
        let name = self.tables[at].name.clone();
        if self.is_referred(&name) || self.fires(&name) {
            return None;
        }
        self.tables.remove(at);
        self.views.retain(|view| view.table != name);
        Some(format!("drop table {name}"))
    }

    /// To the other engine. Keys and views do not cross engines.
    fn move_table(&mut self, at: usize) -> Option<String> {
        let name = self.tables[at].name.clone();
        let has_view = self.views.iter().any(|view| view.table == name);
        let is_enum = |column: &Column| column.kind.starts_with('e');
        let table = &self.tables[at];
        if has_view
            || self.is_referred(&name)
            || self.fires(&name)
            || table.refers()
            || table.columns.iter().any(is_enum)
        {
            return None;
        }
        let table = &mut self.tables[at];
        table.elsewhere = !table.elsewhere;
        // A name that another engine had is not renamed on this one.
        Some(format!("move {name}"))
    }

    fn add_column(&mut self, at: usize, random: &mut Random) -> String {
        let column = self.column(random);
        let words = format!("add {}.{}", self.tables[at].name, column.name);
        self.tables[at].columns.push(column);
        words
    }

    /// A new computed column, or another expression of one.
    fn computed(&mut self, at: usize, random: &mut Random) -> String {
        let expression = format!("id + {}", 1 + random.below(9));
        let stored = self.dialect == Dialect::Postgres || random.flip();
        let words = format!(
            "GENERATED ALWAYS AS ({expression}) {}",
            if stored { "STORED" } else { "VIRTUAL" }
        );
        let mut known = self.tables[at].columns.iter_mut();
        if let Some(column) = known.find(|column| column.computed.is_some()) {
            column.computed = Some(words.clone());
            return format!("{} becomes {words}", column.name);
        }
        let name = self.name("g");
        self.tables[at].columns.push(Column {
            name: name.clone(),
            kind: "BIGINT".to_owned(),
            default: None,
            not_null: false,
            computed: Some(words.clone()),
            was: None,
        });
        format!("add {name} {words}")
    }

    fn drop_column(&mut self, at: usize, column: usize) -> Option<String> {
        let table = &mut self.tables[at];
        let name = table.name.clone();
        let is_named = |one: &Trigger| one.column == table.columns[column].name;
        if self.triggers.iter().any(is_named) {
            return None;
        }
        let gone = table.columns.remove(column).name;
        table.lines.retain(|(of, _)| *of != gone);
        table
            .indexes
            .retain(|(_, columns)| !columns.contains(&gone));
        self.views
            .retain(|view| view.table != name || view.column.as_ref() != Some(&gone));
        Some(format!("drop {name}.{gone}"))
    }

    fn retype(&mut self, at: usize, column: usize) -> Option<String> {
        let column = &mut self.tables[at].columns[column];
        let kind = match column.kind.as_str() {
            _ if column.computed.is_some() => return None,
            "SMALLINT" => "INTEGER",
            "INTEGER" => "BIGINT",
            "VARCHAR(20)" => "VARCHAR(40)",
            _ => return None,
        };
        column.kind = kind.to_owned();
        Some(format!("type of {}", column.name))
    }

    fn take_null(&mut self, at: usize, column: usize) -> Option<String> {
        let column = &mut self.tables[at].columns[column];
        std::mem::take(&mut column.not_null).then(|| format!("null of {}", column.name))
    }

    fn default(&mut self, at: usize, column: usize) -> Option<String> {
        let table = &mut self.tables[at];
        let column = &mut table.columns[column];
        let mut lines = table.lines.iter();
        // No row has the default's number.
        let refers = lines.any(|(of, line)| *of == column.name && line.contains("REFERENCES"));
        if column.not_null || column.computed.is_some() || refers {
            return None;
        }
        let value = KINDS.iter().find(|(kind, _)| *kind == column.kind);
        let value = value.map(|(_, value)| (*value).to_owned());
        column.default = match column.default {
            Some(_) => None,
            None => value,
        };
        Some(format!("default of {}", column.name))
    }

    fn index(&mut self, at: usize, column: usize) -> String {
        let index = self.name("i");
        let table = &mut self.tables[at];
        let of = table.columns[column].name.clone();
        table.indexes.push((index.clone(), of));
        format!("index {index}")
    }

    fn drop_key(&mut self, at: usize, random: &mut Random) -> String {
        let table = &mut self.tables[at];
        if !table.lines.is_empty() && (table.indexes.is_empty() || random.flip()) {
            let line = random.below(table.lines.len());
            drop(table.lines.remove(line));
        } else if !table.indexes.is_empty() {
            drop(table.indexes.remove(0));
        }
        format!("drop a key of {}", table.name)
    }

    /// Under a name, or under the one that the database gives it.
    fn key(&mut self, at: usize, column: usize, random: &mut Random) -> Option<String> {
        let name = self.constraint("k", random);
        let number = self.names;
        let table = &mut self.tables[at];
        let of = table.columns[column].name.clone();
        let line = if random.flip() {
            let unique = format!("UNIQUE (id, {of})");
            // Of two over the same columns the server makes one, where one has no name.
            if table.lines.iter().any(|(_, line)| line.ends_with(&unique)) {
                return None;
            }
            name + &unique
        } else {
            format!("{name}CHECK ({of} IS NULL OR id > -{number})")
        };
        table.lines.push((of, line.clone()));
        Some(line)
    }

    /// The beginning of a constraint's line.
    fn constraint(&mut self, kind: &str, random: &mut Random) -> String {
        let name = self.name(kind);
        match random.flip() {
            true => format!("CONSTRAINT {name} "),
            false => String::new(),
        }
    }

    /// To a table of the same engine.
    fn foreign_key(&mut self, at: usize, random: &mut Random) -> String {
        let elsewhere = self.tables[at].elsewhere;
        let others = self.tables.iter().filter(|one| one.elsewhere == elsewhere);
        let others: Vec<String> = others.map(|one| one.name.clone()).collect();
        let other = others[random.below(others.len())].clone();
        // Of tables in a circle MySQL's key without a name is looked for by a name that it has not.
        let is_named = self.dialect == Dialect::Mysql && other != self.tables[at].name;
        let (of, constraint) = match is_named {
            true => (self.name("r"), format!("CONSTRAINT {} ", self.name("f"))),
            false => (self.name("r"), self.constraint("f", random)),
        };
        let table = &mut self.tables[at];
        table.columns.push(Column {
            name: of.clone(),
            kind: "BIGINT".to_owned(),
            default: None,
            not_null: false,
            computed: None,
            was: None,
        });
        let line = format!("{constraint}FOREIGN KEY ({of}) REFERENCES {other} (id)");
        table.lines.push((of, line.clone()));
        line
    }

    fn view(&mut self, at: usize, random: &mut Random) -> Option<String> {
        let table = &self.tables[at];
        if table.elsewhere {
            return None;
        }
        let (name, columns) = (table.name.clone(), table.columns.len());
        let is_whole = random.flip();
        let column = (!is_whole && random.flip()).then(|| random.below(columns.max(1)));
        let column = column.and_then(|at_column| table.columns.get(at_column));
        let column = column.map(|column| column.name.clone());
        let view = self.name("v");
        self.views.push(View {
            name: view.clone(),
            table: name,
            column,
            is_whole,
            is_odd: random.flip(),
            reader: [None, Some(Reader::Some), Some(Reader::All)][random.below(3)],
        });
        Some(format!("view {view}"))
    }

    /// One goes, or another type of its column comes to be unknown, or known.
    fn drop_view(&mut self, random: &mut Random) -> Option<String> {
        if self.views.is_empty() {
            return None;
        }
        if random.flip() {
            let at = random.below(self.views.len());
            let view = &mut self.views[at];
            view.is_odd = !view.is_odd;
            return Some(format!("other types of view {}", view.name));
        }
        let gone = self.views.remove(random.below(self.views.len()));
        Some(format!("drop view {}", gone.name))
    }

    /// A new enum with a column of it, one more value, one value less, or one column more.
    fn enum_type(&mut self, at: usize, random: &mut Random) -> Option<String> {
        if !self.dialect.capabilities(None).enum_types || self.tables[at].elsewhere {
            return None;
        }
        match random.below(3) {
            0 if !self.enums.is_empty() => {
                let (value, one) = (self.name("w"), random.below(self.enums.len()));
                let values = &mut self.enums[one].values;
                values.insert(random.below(values.len() + 1), value.clone());
                Some(format!("{} gets {value}", self.enums[one].name))
            }
            1 if !self.enums.is_empty() => {
                let one = random.below(self.enums.len());
                let values = &mut self.enums[one].values;
                // The first is a default.
                if values.len() < 3 {
                    return None;
                }
                let gone = values.iter().rposition(|value| value != "a")?;
                let gone = values.remove(gone);
                Some(format!("{} loses {gone}", self.enums[one].name))
            }
            _ => {
                let (name, column) = (self.name("e"), self.name("c"));
                let values = ["a", "b"].map(str::to_owned).to_vec();
                self.enums.push(Enum {
                    name: name.clone(),
                    values,
                });
                let has_default = random.flip();
                self.tables[at].columns.push(Column {
                    name: column.clone(),
                    kind: name.clone(),
                    default: has_default.then(|| "'a'".to_owned()),
                    not_null: has_default,
                    computed: None,
                    was: None,
                });
                Some(format!("enum {name} at {column}"))
            }
        }
    }

    fn rename_column(&mut self, at: usize, column: usize) -> String {
        let new = self.name("c");
        let table = &mut self.tables[at];
        let old = std::mem::replace(&mut table.columns[column].name, new.clone());
        table.columns[column].was = Some(old.clone());
        for (of, line) in &mut table.lines {
            if *of == old {
                of.clone_from(&new);
                *line = replaced(line, &old, &new);
            }
        }
        for (_, of) in &mut table.indexes {
            if *of == old {
                of.clone_from(&new);
            }
        }
        for view in &mut self.views {
            if view.column.as_ref() == Some(&old) {
                view.column = Some(new.clone());
            }
        }
        for trigger in self.triggers.iter_mut().filter(|one| one.column == old) {
            trigger.column.clone_from(&new);
        }
        format!("rename {old} to {new}")
    }

    fn rename_table(&mut self, at: usize) -> String {
        let new = self.name("t");
        let old = std::mem::replace(&mut self.tables[at].name, new.clone());
        self.tables[at].was = Some(old.clone());
        for table in &mut self.tables {
            for (_, line) in &mut table.lines {
                *line = replaced(line, &old, &new);
            }
        }
        for view in &mut self.views {
            if view.table == old {
                view.table.clone_from(&new);
            }
        }
        for trigger in self.triggers.iter_mut().filter(|one| one.table == old) {
            trigger.table.clone_from(&new);
        }
        format!("rename {old} to {new}")
    }

    /// A new trigger of a table of this engine, which names one of its columns, or one that goes.
    pub(super) fn trigger(&mut self, random: &mut Random) -> Option<(Trigger, bool)> {
        if !self.triggers.is_empty() && random.flip() {
            let at = random.below(self.triggers.len());
            return Some((self.triggers.remove(at), false));
        }
        let here = self.tables.iter().filter(|table| !table.elsewhere);
        // PostgreSQL computes after such a trigger.
        let columns = here.flat_map(|table| {
            let stored = table.columns.iter().filter(|one| one.computed.is_none());
            stored.map(|column| (table.name.clone(), column.name.clone()))
        });
        let columns: Vec<(String, String)> = columns.collect();
        let (table, column) = columns.get(random.below(columns.len().max(1)))?.clone();
        let name = self.name("x");
        let trigger = Trigger {
            name,
            table,
            column,
        };
        self.triggers.push(trigger.clone());
        Some((trigger, true))
    }

    pub(super) fn settle(&mut self) {
        for table in &mut self.tables {
            table.was = None;
            table
                .columns
                .iter_mut()
                .for_each(|column| column.was = None);
        }
    }

    /// Enums that no column has any more are not declared any more.
    pub(super) fn forget_enums(&mut self) {
        let columns = self.tables.iter().flat_map(|table| &table.columns);
        let kinds: Vec<&str> = columns.map(|column| column.kind.as_str()).collect();
        self.enums.retain(|one| kinds.contains(&one.name.as_str()));
    }

    pub(super) fn sql(&self) -> String {
        let mut sql = format!("-- @dialect {}\n\n", self.dialect.name());
        for one in &self.enums {
            let values = one.values.join("', '");
            sql.push_str(&format!("CREATE TYPE {} AS ENUM ('{values}');\n", one.name));
        }
        for table in &self.tables {
            sql.push_str(&table.sql());
        }
        for view in &self.views {
            sql.push_str(&view.sql(self.dialect));
        }
        sql
    }
}

impl View {
    fn sql(&self, dialect: Dialect) -> String {
        let columns = match (self.is_whole, &self.column) {
            (true, _) => "*".to_owned(),
            (false, Some(name)) => format!("id, mark, {name}"),
            (false, None) => "id, mark".to_owned(),
        };
        let odd = match dialect {
            _ if !self.is_odd => "",
            Dialect::Postgres => ", (ARRAY[id, 7])[1] AS odd",
            Dialect::Sqlite | Dialect::Mysql => ", CASE WHEN id > 7 THEN mark ELSE id END AS odd",
        };
        let (name, table) = (&self.name, &self.table);
        let mut sql = format!("CREATE VIEW {name} AS SELECT {columns}{odd} FROM {table};\n");
        if let Some(reader) = self.reader {
            let columns = match (reader, self.is_odd) {
                (Reader::All, _) => "*",
                (Reader::Some, true) => "id, odd",
                (Reader::Some, false) => "id",
            };
            sql.push_str(&format!(
                "CREATE VIEW {name}_read AS SELECT {columns} FROM {name};\n"
            ));
        }
        sql
    }
}

impl Table {
    fn sql(&self) -> String {
        let mut sql = String::new();
        if self.elsewhere {
            sql.push_str("-- @engines b\n");
        }
        if let Some(was) = &self.was {
            sql.push_str(&format!("-- @renamed_from {was}\n"));
        }
        sql.push_str(&format!(
            "CREATE TABLE {} (\n  id {} NOT NULL PRIMARY KEY,\n  mark VARCHAR(20) NOT NULL",
            self.name,
            if self.serial { "BIGSERIAL" } else { "BIGINT" }
        ));
        for column in &self.columns {
            sql.push_str(&column.sql());
        }
        for (_, line) in &self.lines {
            sql.push_str(&format!(",\n  {line}"));
        }
        sql.push_str("\n);\n");
        for (index, of) in &self.indexes {
            sql.push_str(&format!("CREATE INDEX {index} ON {} ({of});\n", self.name));
        }
        sql
    }

    /// Has it a foreign key?
    fn refers(&self) -> bool {
        self.lines
            .iter()
            .any(|(_, line)| line.contains("REFERENCES"))
    }

    /// Has it one to this table?
    fn refers_to(&self, name: &str) -> bool {
        let end = format!("REFERENCES {name} (id)");
        self.lines.iter().any(|(_, line)| line.ends_with(&end))
    }

    /// The table that it was, by name and place.
    pub(super) fn is_kept_from(&self, old: &Table) -> bool {
        let same = old.name == self.name || Some(&old.name) == self.was.as_ref();
        same && old.elsewhere == self.elsewhere
    }
}

impl Column {
    fn sql(&self) -> String {
        let was = self.was.iter();
        let was: String = was
            .map(|was| format!("\n  -- @renamed_from {was}"))
            .collect();
        let not_null = if self.not_null { " NOT NULL" } else { "" };
        let default = self.default.iter().map(|value| format!(" DEFAULT {value}"));
        let default: String = default.collect();
        let computed = self.computed.iter().map(|words| format!(" {words}"));
        let computed: String = computed.collect();
        format!(
            ",{was}\n  {} {}{computed}{not_null}{default}",
            self.name, self.kind
        )
    }
}

/// Whole words only.
fn replaced(line: &str, old: &str, new: &str) -> String {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut text = String::new();
    let mut word = String::new();
    for letter in line.chars().chain([' ']) {
        if is_word(letter) {
            word.push(letter);
            continue;
        }
        text.push_str(if word == old { new } else { &word });
        word.clear();
        text.push(letter);
    }
    text.trim_end().to_owned()
}
