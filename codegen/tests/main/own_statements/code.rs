//! The code of the statements.

use std::collections::BTreeMap;

use bindery_schema::model::{QueryKind, QueryParameter};

use super::read::{Found, Words, queries};
use super::statement::{Named, Statement, argument};
use crate::golden::formatted;

/// Files whose statements are over any table that is like one: the functions take its name.
const OVER: [(&str, &str); 4] = [
    ("claims", "_bindery_outbox"),
    ("new_tasks", "_bindery_outbox"),
    ("saga_steps", "_bindery_saga_steps"),
    ("tasks", "_bindery_outbox"),
];
/// Files without functions: their statements are run in other ways than others are, or by a connection of one database alone.
const TEXTS_ALONE: [&str; 6] = [
    "claims",
    "events",
    "migration_stage",
    "moves",
    "new_tasks",
    "outcomes",
];
/// Words that statements take which are put together while the program runs; none is how another begins.
const IN_RUNTIME: [&str; 8] = [
    "held", "keyed", "no_claim", "no_time", "now", "open", "place", "unkeyed",
];
/// More arguments than this are fields of a struct, so that callers name them.
const FEW: usize = 6;

/// The code of each file by its name.
pub(super) fn files() -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, File> = BTreeMap::new();
    for found in queries() {
        let file = files.entry(found.module.clone());
        file.or_insert_with(|| File::new(&found)).add(&found);
    }
    let mut codes: BTreeMap<String, String> = BTreeMap::new();
    codes.extend(files.into_iter().map(|(name, file)| (name, file.code)));
    codes.insert("words".to_owned(), words());
    codes
        .into_iter()
        .map(|(name, code)| (name, formatted(&code)))
        .collect()
}

fn head(file: &str) -> String {
    format!(
        "//! Generated from `queries/{file}`, as the head of `statements.rs` says. Not to be edited.\n"
    )
}

fn words() -> String {
    let words = Words::read();
    let words = IN_RUNTIME.map(|word| {
        let texts = [0, 1, 2].map(|of| words.put_into(&format!("@{word}"), of));
        format!("({word:?}, {texts:?})")
    });
    let words = words.join(", ");
    head("words.txt") + &format!("\npub(super) const WORDS: &[(&str, [&str; 3])] = &[{words}];\n")
}

/// The code of a file so far.
struct File {
    code: String,
    over: Option<&'static str>,
    has_functions: bool,
    /// The structs of rows, which statements with equal rows share.
    rows: Vec<(Vec<Named>, String)>,
}

impl File {
    fn new(first: &Found) -> Self {
        let module = first.module.as_str();
        let over = OVER.iter().find(|(file, _)| *file == module);
        let has_functions = !TEXTS_ALONE.contains(&module);
        let is_of_all = first.of.iter().all(Option::is_some);
        let uses = match (has_functions, is_of_all) {
            (true, _) => "\nuse super::call::*;\n",
            (false, true) => "\nuse super::Statement;\n",
            (false, false) => "",
        };
        Self {
            code: head(&format!("{module}.sql")) + uses,
            over: over.map(|(_, table)| *table),
            has_functions,
            rows: Vec::new(),
        }
    }

    fn add(&mut self, found: &Found) {
        let statement = Statement::new(found, self.over);
        self.texts(&statement);
        if self.has_functions {
            let row = self.row(&statement);
            self.function(&statement, &row);
        }
    }

    /// The texts of a statement; of one that a single dialect has it is the text alone.
    fn texts(&mut self, statement: &Statement) {
        let name = constant(statement);
        let quoted = |text: &Option<String>| format!("{:?}", text.as_deref().unwrap_or_default());
        let [sqlite, postgres, mysql] = statement.texts.each_ref().map(quoted);
        let value = match &statement.texts {
            texts if texts.iter().flatten().count() == 1 => {
                let text = texts.iter().flatten().next().expect("it is there");
                self.code += &format!("\npub(crate) const {name}: &str = {text:?};\n");
                return;
            }
            texts if texts.iter().any(Option::is_none) => {
                panic!("{name}: some dialects have it, others not")
            }
            [one, two, three] if one == three && two == three => {
                format!("Statement::alike({sqlite})")
            }
            [one, _, three] if one == three => format!("Statement::numbered({sqlite}, {postgres})"),
            _ => format!("Statement([{sqlite}, {postgres}, {mysql}])"),
        };
        self.code += &format!("\npub(crate) static {name}: Statement = {value};\n");
    }

    /// The type of a statement's rows, and the function that reads one. One column is no struct.
    fn row(&mut self, statement: &Statement) -> (String, String) {
        let columns = &statement.columns;
        match columns.as_slice() {
            [] => return (String::new(), String::new()),
            [(_, ty)] => return (ty.clone(), "|row| row.next()".to_owned()),
            _ => {}
        }
        let same = self.rows.iter().find(|(known, _)| known == columns);
        let name = match same {
            Some((_, name)) => name.clone(),
            None => {
                let name = format!("{}Row", statement.row_name);
                self.structure("", &name, columns);
                let read = columns
                    .iter()
                    .map(|(name, _)| format!("{name}: row.next()?"));
                let read = read.collect::<Vec<_>>().join(", ");
                self.code += &format!(
                    "\nimpl {name} {{ fn read(row: &mut RowReader<'_>) -> Result<Self> {{ Ok(Self {{ {read} }}) }} }}\n"
                );
                self.rows.push((columns.clone(), name.clone()));
                name
            }
        };
        let read = format!("{name}::read");
        (name, read)
    }

    fn structure(&mut self, derives: &str, name: &str, fields: &[Named]) {
        let fields = fields
            .iter()
            .map(|(name, ty)| format!("pub(crate) {name}: {ty}"));
        let fields = fields.collect::<Vec<_>>().join(", ");
        self.code +=
            &format!("\n#[derive(Debug{derives})]\npub(crate) struct {name} {{ {fields} }}\n");
    }

    fn function(&mut self, statement: &Statement, (row, read): &(String, String)) {
        let parameters = statement.parameters.iter();
        let (list, plain): (Vec<_>, Vec<_>) = parameters.partition(|one| one.is_list);
        let mut head = vec!["physical: &mut Physical".to_owned()];
        head.extend(self.over.map(|_| "table: &str".to_owned()));
        let values = self.values(statement, &plain, &mut head);
        head.extend(named(&list, ""));
        let text = match self.over {
            Some(_) => format!("&{}.over(physical, table)", constant(statement)),
            None => format!("{}.on(physical)", constant(statement)),
        };
        let (of, list) = match list.first() {
            Some(list) => ("_of", format!(", {}", list.name)),
            None => ("", String::new()),
        };
        let rest = format!("{of}(physical, {text}, &[{}]{list}", values.join(", "));
        let (returns, call) = match statement.kind {
            QueryKind::Execute => ("()".to_owned(), format!("execute{rest}).map(drop)")),
            QueryKind::Rows => ("u64".to_owned(), format!("execute{rest})")),
            QueryKind::Many | QueryKind::Iterate => {
                (format!("Vec<{row}>"), format!("rows{rest}, {read})"))
            }
            QueryKind::Optional => (format!("Option<{row}>"), format!("optional{rest}, {read})")),
            QueryKind::One | QueryKind::Scalar => (row.clone(), format!("one{rest}, {read})")),
        };
        self.code.push('\n');
        for line in statement.docs.iter().filter(|line| !line.is_empty()) {
            self.code += &format!("/// {line}\n");
        }
        let (name, head) = (&statement.name, head.join(", "));
        self.code += &format!("pub(crate) fn {name}({head}) -> Result<{returns}> {{ {call} }}\n");
    }

    /// The expressions of a statement's values, whose arguments go into the head of its function; many are one struct.
    fn values(
        &mut self,
        statement: &Statement,
        plain: &[&QueryParameter],
        head: &mut Vec<String>,
    ) -> Vec<String> {
        let from = if plain.len() > FEW {
            let name = format!("{}Values", statement.row_name);
            let fields: Vec<Named> = plain.iter().map(|one| argument(one, "'a ")).collect();
            self.structure(", Clone, Copy", &format!("{name}<'a>"), &fields);
            head.push(format!("values: {name}<'_>"));
            "values."
        } else {
            head.extend(named(plain, ""));
            ""
        };
        let values = plain.iter().map(|one| format!("&{from}{}", one.name));
        values.collect()
    }
}

fn constant(statement: &Statement) -> String {
    statement.name.trim_start_matches("r#").to_uppercase()
}

fn named(parameters: &[&QueryParameter], lifetime: &str) -> Vec<String> {
    let arguments = parameters.iter().map(|one| argument(one, lifetime));
    arguments
        .map(|(name, ty)| format!("{name}: {ty}"))
        .collect()
}
