//! The storage of each field: the row that it refers to, the facts of its Rust type, and its SQL type.

use bindery_schema::dialect::Dialect;
use heck::ToSnakeCase;

use super::description::{
    FieldDescription, KeyKind, ReferenceDescription, RustType, SourceSpan, Spanned,
};
use super::finding::{Findings, listed};
use super::rust_type::BuiltInType;
use super::shape::{Column, ColumnKind, Looker, Reference, Side, table_name};
use super::sql_piece::is_one_piece;
use super::target::Target;

impl<'a> Looker<'a> {
    pub(super) fn column(
        &self,
        field: &'a FieldDescription,
        findings: &mut Findings,
    ) -> Option<Column<'a>> {
        self.attributes(field, findings);
        if !self.texts(field, findings) {
            return None;
        }
        let kind = self.kind(field, findings)?;
        let sql_type = self.sql_type(field, &kind, findings)?;
        Some(Column {
            field,
            sql_type,
            kind,
        })
    }

    /// Attributes that exclude each other.
    fn attributes(&self, field: &FieldDescription, findings: &mut Findings) {
        if let (Some(_), Some(link)) = (&field.references, &field.link) {
            let help = "a foreign key is checked by the database, a link reaches other engines: leave one out";
            findings.push(
                link.place,
                format!("`{}` is a foreign key and a link", field.name.value),
                help,
            );
        }
        if let (Some(computed), Some(default)) = (&field.computed, &field.default) {
            let message = format!("`{}` is computed, so it has no default", field.name.value);
            findings.push(
                default.place,
                message,
                format!(
                    "leave `default` out, or `#[computed(\"{}\")]`",
                    computed.value.escape_debug()
                ),
            );
        }
    }

    /// Each text of SQL is one piece.
    fn texts(&self, field: &FieldDescription, findings: &mut Findings) -> bool {
        let texts = [
            (&field.sql_type, "type", "VARCHAR(40)"),
            (&field.default, "value", "now()"),
            (&field.computed, "expression", "price * amount"),
        ];
        let mut fine = true;
        for (text, what, example) in texts {
            if let Some(text) = text.as_ref().filter(|text| !is_one_piece(&text.value)) {
                let message = format!("`{}` is not one {what} of SQL", text.value.escape_debug());
                findings.push(
                    text.place,
                    message,
                    format!("write for example `{example}`"),
                );
                fine = false;
            }
        }
        fine
    }

    fn kind(&self, field: &FieldDescription, findings: &mut Findings) -> Option<ColumnKind> {
        if let Some(link) = &field.link {
            return self.refers(field, &link.value, link.place, true, findings);
        }
        if let Some(Spanned {
            value: ReferenceDescription { target, .. },
            place,
        }) = &field.references
        {
            return self.refers(field, target, *place, false, findings);
        }
        let inner = field.inner_type();
        let is_own_key = inner.name.as_deref() == Some(&format!("{}Id", self.name()));
        let alone = field.key.is_some() && self.description.key_fields().count() == 1;
        match (alone, is_own_key, BuiltInType::from_rust(inner)) {
            (true, _, _) => self.own_key(field, is_own_key, findings),
            (false, true, _) => {
                let message = format!(
                    "`{}` is the key of a row of `{}`: it needs `#[key]`, or to say what it refers to",
                    field.name.value,
                    self.name()
                );
                let key = self.description.key_fields().next();
                let key = key.map_or("id", FieldDescription::column_name);
                let table = table_name(self.description);
                let help = format!("write `#[references(\"{table}({key})\")]` above it");
                findings.push(field.rust_type.place, message, help);
                None
            }
            (false, false, Some(_)) if self.mapped_type(field).is_some() => {
                self.custom(field, findings)
            }
            (false, false, Some(known)) => Some(ColumnKind::BuiltInType(known)),
            (false, false, None) => self.custom(field, findings),
        }
    }

    fn own_key(
        &self,
        field: &FieldDescription,
        is_own_key: bool,
        findings: &mut Findings,
    ) -> Option<ColumnKind> {
        let inner = field.inner_type();
        let parameter = self
            .description
            .parameter
            .as_ref()
            .map(|parameter| parameter.value.as_str());
        let arguments = inner
            .arguments
            .iter()
            .map(|argument| Some(argument.text.as_str()));
        let wanted = parameter.filter(|_| self.several);
        // A missing or needless parameter of the struct has its own finding.
        let fits =
            is_own_key && (parameter.is_some() != self.several || arguments.eq(wanted.map(Some)));
        if fits {
            return Some(ColumnKind::OwnKey);
        }
        let message = format!(
            "the key of `{}` has a type of its own, `{}`",
            self.name(),
            self.key_type()
        );
        let mut help = format!(
            "write `pub {}: {}`; the derive makes that type",
            field.name.value,
            self.key_type()
        );
        if let Some(known) = BuiltInType::from_rust(inner)
            .filter(|known| field.sql_type.is_none() && *known != BuiltInType::I64)
        {
            let sql = known.sql_type(self.dialect);
            help.push_str(&format!(
                ", and `#[column(type = \"{sql}\")]` lets it hold `{}`",
                inner.text
            ));
        }
        findings.push(field.rust_type.place, message, help);
        None
    }

    fn custom(&self, field: &FieldDescription, findings: &mut Findings) -> Option<ColumnKind> {
        let inner = field.inner_type();
        let parameter = self.description.parameter.as_ref();
        if let Some(parameter) =
            parameter.filter(|parameter| field.rust_type.value.mentions(&parameter.value))
        {
            let message = format!("only a key can be of the engine `{}`", parameter.value);
            let help = "say what it refers to: `#[references(\"users(id)\")]`, or write the type without it";
            findings.push(field.rust_type.place, message, help);
            return None;
        }
        self.one_mapping(field, findings);
        if field.sql_type.is_some() || self.mapped_type(field).is_some() {
            return Some(ColumnKind::Custom);
        }
        let model = inner
            .name
            .as_deref()
            .and_then(|name| name.strip_suffix("Id"))
            .filter(|model| !model.is_empty());
        let help = match model {
            Some(model) => {
                let table = model.to_snake_case();
                format!(
                    "write `#[references(\"{table}(id)\")]` above it, or `#[link_to(\"{table}(id)\")]` where `{model}` lives on another engine"
                )
            }
            None => "say what it is stored as: `#[column(type = \"TEXT\")]`; or for the whole program in `[types]` of \
                     `bindery.toml`"
                .to_owned(),
        };
        findings.push(
            field.rust_type.place,
            format!("`{}` is not a type a column has by itself", inner.text),
            help,
        );
        None
    }

    fn refers(
        &self,
        field: &FieldDescription,
        text: &str,
        place: SourceSpan,
        is_link: bool,
        findings: &mut Findings,
    ) -> Option<ColumnKind> {
        let word = if is_link { "link_to" } else { "references" };
        let Some(target) = Target::parse(text) else {
            let message = format!(
                "`{}` does not name a column of another table",
                text.escape_debug()
            );
            findings.push(
                place,
                message,
                format!("write the table and its column: `#[{word}(\"users(id)\")]`"),
            );
            return None;
        };
        let inner = field.inner_type();
        let side = match BuiltInType::from_rust(inner) {
            Some(_) => None,
            None => Some(self.side(field, inner, is_link, findings)?),
        };
        Some(ColumnKind::Refers(Reference {
            target,
            place,
            is_link,
            side,
        }))
    }

    /// The engine a key type names. A foreign key of a model on several engines stays on the row's own.
    fn side(
        &self,
        field: &FieldDescription,
        inner: &RustType,
        is_link: bool,
        findings: &mut Findings,
    ) -> Option<Side> {
        let parameter = self
            .description
            .parameter
            .as_ref()
            .map_or("E", |parameter| parameter.value.as_str());
        let side = match inner.arguments.as_slice() {
            [] => Some(Side::Only),
            [argument] if argument.text == parameter => Some(Side::Same),
            [argument] => {
                let named = |name: &String| {
                    self.setting
                        .engines()
                        .iter()
                        .find(|engine| engine.type_name == *name)
                };
                argument
                    .name
                    .as_ref()
                    .and_then(named)
                    .map(|engine| Side::On(engine.name.clone()))
            }
            _ => None,
        };
        let Some(side) = side else {
            let types = self
                .setting
                .engines()
                .iter()
                .map(|engine| format!("engine::{}", engine.type_name))
                .collect::<Vec<_>>();
            let message = format!("`{}` does not name an engine of this program", inner.text);
            findings.push(
                field.rust_type.place,
                message,
                format!(
                    "the engines are {}",
                    listed(types.iter().map(String::as_str))
                ),
            );
            return None;
        };
        if !is_link && self.several && side != Side::Same {
            let name = inner.name.as_deref().unwrap_or("UserId");
            let message = format!(
                "a foreign key of `{}` refers to the engine a row is on, whichever that is",
                self.name()
            );
            let help = format!(
                "write `{name}<{parameter}>`; if it is to reach another engine, use `#[link_to(…)]` instead of `#[references(…)]`"
            );
            findings.push(field.rust_type.place, message, help);
            return None;
        }
        Some(side)
    }

    fn sql_type(
        &self,
        field: &FieldDescription,
        kind: &ColumnKind,
        findings: &mut Findings,
    ) -> Option<String> {
        if let Some(written) = &field.sql_type {
            return Some(written.value.clone());
        }
        let known = match kind {
            ColumnKind::OwnKey => return Some(self.key_sql_type(field).to_owned()),
            ColumnKind::Refers(Reference { side: Some(_), .. }) => BuiltInType::I64,
            ColumnKind::Refers(Reference { side: None, .. }) => {
                BuiltInType::from_rust(field.inner_type())?
            }
            ColumnKind::BuiltInType(known) => *known,
            // A type of the user's own comes with `type`, or from `[types]`.
            ColumnKind::Custom => return self.mapped_type(field).map(str::to_owned),
        };
        if known == BuiltInType::Decimal {
            let help = "write `#[column(type = \"DECIMAL(12, 2)\")]`";
            findings.push(field.rust_type.place, "a decimal needs its digits", help);
            return None;
        }
        Some(known.sql_type(self.dialect).to_owned())
    }

    /// Whole numbers of 64 bits; SQLite counts in columns that are declared `INTEGER` and in no others.
    fn key_sql_type(&self, field: &FieldDescription) -> &'static str {
        let generated = field
            .key
            .as_ref()
            .is_some_and(|key| key.value == KeyKind::Generated);
        match (self.dialect, generated) {
            (Dialect::Sqlite, true) => "INTEGER",
            (Dialect::Sqlite, false) | (Dialect::Postgres | Dialect::Mysql, _) => "BIGINT",
        }
    }
}
