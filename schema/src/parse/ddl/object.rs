//! Reads what is neither table nor change of one: indexes, enums, domains, comments, drops.

use crate::ast::KeyWords;
use crate::ast::{
    AlterComposite, AlterEnum, AlterEnumAction, ColumnDef, Comment, CommentTarget, CreateDomain,
    CreateEnum, CreateIndex, Name, ObjectChange, ObjectKind, ObjectName, Statement,
};
use crate::lists::IntoVec as _;

use crate::syntax::grammar::Schemas;
use crate::syntax::{Cursor, Read};

impl Cursor<'_> {
    /// After `CREATE [UNIQUE] INDEX`.
    pub(crate) fn create_index(&mut self, unique: bool) -> Read<CreateIndex> {
        let concurrently = self.eat(&["CONCURRENTLY"]);
        let if_not_exists = self.eat(&["IF", "NOT", "EXISTS"]);
        let grammar = &self.grammar.keys;
        let unnamed = grammar.unnamed_index && self.is_word(0, "ON");
        let name = if unnamed {
            None
        } else {
            Some(self.object_name("an index's name")?.name)
        };
        let early = if grammar.plain_keys {
            self.index_method()?
        } else {
            None
        };
        self.expect(&["ON"])?;
        self.eat(&["ONLY"]);
        let table = self.object_name("a table's name")?;
        let method = self.index_method()?.or(early);
        let parts = self.key_parts()?;
        let mut index = CreateIndex {
            name,
            unique,
            concurrently,
            if_not_exists,
            table,
            parts,
            predicate: None,
            method,
            nulls_not_distinct: false,
            words: KeyWords::default(),
            span: self.span_from(0),
        };
        self.index_trailer(&mut index)?;
        Ok(index)
    }

    fn index_trailer(&mut self, index: &mut CreateIndex) -> Read<()> {
        let (method, words) = self.key_options()?;
        index.method = method.or(index.method.take());
        index.words = words;
        let grammar = &self.grammar.keys;
        let waits = self.grammar.tables.waiting;
        while !self.at_end() {
            if grammar.nulls_not_distinct && self.is_word(0, "NULLS") {
                let before = self.at;
                index.nulls_not_distinct = self.nulls_not_distinct();
                if self.at == before {
                    return Err(self.unexpected("`NULLS NOT DISTINCT`"));
                }
                continue;
            }
            if grammar.partial_index && self.eat(&["WHERE"]) {
                index.predicate = Some(self.expression_until(|_| false)?);
            } else if waits && self.eat_any(&["ALGORITHM", "LOCK", "WAIT"]) {
                self.eat_symbol("=");
                self.skip_one()?;
            } else if waits && self.eat(&["NOWAIT"]) {
                continue;
            } else if !self.key_word(&mut index.words)? {
                let expected = if grammar.partial_index {
                    "`WHERE` or the statement's end"
                } else {
                    "the statement's end (an index of MySQL has no condition)"
                };
                return Err(self.unexpected(expected));
            }
        }
        Ok(())
    }

    /// After `CREATE TYPE`: an enum, a composite type or a range; `None` for types that only an extension can make.
    pub(crate) fn create_type(&mut self) -> Read<Option<Statement>> {
        let name = self.object_name("a type's name")?;
        if !self.eat(&["AS", "ENUM"]) {
            if !self.is_word(0, "AS") {
                return Ok(None);
            }
            let first = self.at;
            let columns = self.composite_columns().unwrap_or_default();
            self.at = first;
            let mut object = self.object(ObjectKind::Type, name)?;
            object.columns = columns;
            return Ok(Some(Statement::CreateObject(Box::new(object))));
        }
        self.expect_symbol("(")?;
        let mut values = Vec::new();
        while !self.eat_symbol(")") {
            values.push(self.text_constant()?);
            if !self.eat_symbol(",") && !self.is_symbol(0, ")") {
                return Err(self.unexpected("`,` or `)`"));
            }
        }
        Ok(Some(Statement::CreateEnum(CreateEnum {
            name,
            values,
            docs: Vec::new(),
        })))
    }

    /// At `AS`: the columns of a composite type; what is none has none.
    fn composite_columns(&mut self) -> Read<Vec<ColumnDef>> {
        self.expect(&["AS"])?;
        self.expect_symbol("(")?;
        let mut columns = Vec::new();
        while !self.is_symbol(0, ")") {
            columns.push(self.column()?);
            if !self.eat_symbol(",") && !self.is_symbol(0, ")") {
                return Err(self.unexpected("`,` or `)`"));
            }
        }
        Ok(columns)
    }

    /// After `ALTER TYPE`: nothing for what makes no other type of it.
    pub(crate) fn alter_type(&mut self) -> Read<Vec<Statement>> {
        let name = self.object_name("a type's name")?;
        let first = self.at;
        if let Some(actions) = self.alter_attributes()? {
            self.skip_to_end();
            let changed = ObjectChange::Statement {
                kind: ObjectKind::Type,
                name: name.clone(),
                text: self.written(first),
                words: self.words(first),
            };
            let composite = AlterComposite { name, actions };
            return Ok(vec![
                Statement::AlterObject(changed),
                Statement::AlterComposite(composite),
            ]);
        }
        let action = if self.eat(&["ADD", "VALUE"]) {
            self.eat(&["IF", "NOT", "EXISTS"]);
            let value = self.text_constant()?;
            let before = if self.eat(&["BEFORE"]) {
                Some(self.text_constant()?)
            } else {
                None
            };
            let after = if self.eat(&["AFTER"]) {
                Some(self.text_constant()?)
            } else {
                None
            };
            AlterEnumAction::AddValue {
                value,
                before,
                after,
            }
        } else if self.eat(&["RENAME", "VALUE"]) {
            let from = self.text_constant()?;
            self.expect(&["TO"])?;
            AlterEnumAction::RenameValue {
                from,
                to: self.text_constant()?,
            }
        } else {
            return Ok(self.moved(ObjectKind::Type, name)?.into_iter().into_vec());
        };
        Ok(vec![Statement::AlterEnum(AlterEnum { name, action })])
    }

    /// After `CREATE DOMAIN`.
    pub(crate) fn create_domain(&mut self) -> Read<CreateDomain> {
        let name = self.object_name("a domain's name")?;
        let first = self.at;
        self.eat(&["AS"]);
        let definition = self.column_named(name.name.clone())?;
        self.skip_to_end();
        Ok(CreateDomain {
            definition: self.definition(first),
            words: self.words(first),
            name,
            base: definition.type_name,
            options: definition.options,
        })
    }

    /// After `COMMENT ON`: `None` where it is on something that is not a model.
    pub(crate) fn comment(&mut self) -> Read<Option<Comment>> {
        self.eat_any(&["MATERIALIZED", "FOREIGN"]);
        let on = if self.eat_any(&["TABLE", "VIEW"]) {
            CommentTarget::Table(self.object_name("a table's name")?)
        } else if self.eat(&["COLUMN"]) {
            self.comment_column()?
        } else if self.eat(&["TYPE"]) {
            CommentTarget::Type(self.object_name("a type's name")?)
        } else {
            return Ok(None);
        };
        self.expect(&["IS"])?;
        let text = if self.eat(&["NULL"]) {
            None
        } else {
            Some(self.text_constant()?)
        };
        Ok(Some(Comment { on, text }))
    }

    fn comment_column(&mut self) -> Read<CommentTarget> {
        let (table, column) = self.column_of_table()?;
        Ok(CommentTarget::Column(table, column))
    }

    /// Reads `schema.table.column`.
    pub(crate) fn column_of_table(&mut self) -> Read<(ObjectName, Name)> {
        let mut names = vec![self.name("a table's name")?];
        while self.eat_symbol(".") {
            names.push(self.name("a column's name")?);
        }
        let column = names
            .pop()
            .filter(|_| !names.is_empty())
            .ok_or_else(|| self.unexpected("`table.column`"))?;
        let name = names
            .pop()
            .ok_or_else(|| self.unexpected("`table.column`"))?;
        let schema = names.pop().map(|schema| schema.text);
        Ok((self.qualified(schema, name), column))
    }

    /// After `ALTER INDEX`: `None` for other changes.
    pub(crate) fn rename_index(&mut self) -> Read<Option<Statement>> {
        self.eat(&["IF", "EXISTS"]);
        let from = self.object_name("an index's name")?;
        if !self.eat(&["RENAME", "TO"]) {
            return Ok(None);
        }
        let to = self.name("the new name")?;
        Ok(Some(Statement::RenameIndex { from, to }))
    }

    /// After `DROP`: `None` for objects that are not models.
    pub(crate) fn drop_statement(&mut self) -> Read<Option<Statement>> {
        if self.grammar.objects.drop_function && self.eat(&["FUNCTION"]) {
            return Ok(self.dropped_functions().map(Statement::DropFunction));
        }
        self.eat_any(&["TEMPORARY", "MATERIALIZED", "FOREIGN"]);
        let objects = [
            ["TABLE"],
            ["VIEW"],
            ["TYPE"],
            ["DOMAIN"],
            ["INDEX"],
            ["SEQUENCE"],
            ["SCHEMA"],
            ["DATABASE"],
        ];
        let Some(found) = objects.iter().position(|object| self.eat(object)) else {
            return Ok(None);
        };
        self.eat(&["CONCURRENTLY"]);
        self.eat(&["IF", "EXISTS"]);
        let names = self.object_names("a name")?;
        if found > 5 {
            return Ok(self.dropped_schemas(found == 7, &names));
        }
        Ok(Some(match found {
            0 => Statement::DropTable {
                names,
                cascade: self.cascade(),
            },
            1 => Statement::DropView {
                names,
                cascade: self.cascade(),
            },
            2 | 3 => Statement::DropType {
                names,
                cascade: self.cascade(),
            },
            5 => Statement::DropSequence(names),
            _ => {
                let table = if self.eat(&["ON"]) {
                    Some(self.object_name("a table's name")?)
                } else {
                    None
                };
                Statement::DropIndex { names, table }
            }
        }))
    }

    /// To the others the word means nothing.
    fn cascade(&mut self) -> bool {
        self.grammar.objects.cascade && self.eat(&["CASCADE"])
    }

    /// Returns the statement that drops the content of the schemas of a `DROP SCHEMA`, or MySQL's `DROP DATABASE`.
    fn dropped_schemas(&self, database: bool, names: &[ObjectName]) -> Option<Statement> {
        let schemas = match self.grammar.objects.schemas {
            Schemas::OnPath => !database,
            Schemas::Databases => true,
            Schemas::None => false,
        };
        let name = |name: &ObjectName| {
            let text = &name.name.text;
            let own = [self.grammar.names.public_schema, self.own_database];
            (!own.contains(&Some(text))).then(|| text.clone())
        };
        schemas.then(|| Statement::DropSchema(names.iter().map(name).into_vec()))
    }

    /// MySQL, after `CREATE DATABASE` and `ALTER DATABASE`, which need not have a name: `None` where no character set
    /// is read.
    pub(crate) fn database_character_set(&mut self) -> Option<Statement> {
        self.eat(&["IF", "NOT", "EXISTS"]);
        let mut database = None;
        if !self.at_character_set() {
            let name = self.name("a database's name").ok()?.text;
            database = (self.own_database != Some(&name)).then_some(name);
        }
        let options = self.character_set().ok()?;
        let said = !options.is_empty();
        said.then(|| Statement::DatabaseCharacterSet {
            database,
            options,
            kind: self.kind.to_owned(),
        })
    }

    /// After `ALTER SCHEMA`: `None` for what changes no name.
    pub(crate) fn rename_schema(&mut self) -> Read<Option<Statement>> {
        let from = self.name("a schema's name")?.text;
        if !self.eat(&["RENAME", "TO"]) {
            return Ok(None);
        }
        let to = self.name("the new name")?.text;
        let own = |name: String| (name != "public").then_some(name);
        Ok(Some(Statement::RenameSchema {
            from: own(from),
            to: own(to),
        }))
    }
}
