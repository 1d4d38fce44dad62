//! Reads a column: name, type and the options after it.

use crate::ast::KeyWords;
use crate::ast::{
    ColumnDef, ColumnOption, ColumnOptionKind, Expression, IdentityOptions, Name, Notes,
    ObjectName, TypeName, UniqueOptions,
};
use crate::lists::IntoVec as _;
use bindery_core::dialect::Dialect;

use super::clauses::Clauses;
use crate::syntax::{Cursor, Read};

/// The result of one step over the options.
pub(super) enum Step {
    /// An option worth keeping.
    Option(ColumnOptionKind),
    /// Something without meaning for anybody.
    Nothing,
    /// No option starts here.
    End,
}

impl Cursor<'_> {
    /// A column up to the comma or parenthesis after it.
    pub(crate) fn column(&mut self) -> Read<ColumnDef> {
        let name = self.name("a column's name")?;
        self.column_named(name)
    }

    /// A column's definition after its name.
    pub(crate) fn column_named(&mut self, name: Name) -> Read<ColumnDef> {
        let type_name = self.type_name()?;
        self.column_options(name, type_name)
    }

    /// A column of a typed table: its name and what more it is.
    pub(crate) fn column_of_type(&mut self) -> Read<ColumnDef> {
        let name = self.name("a column's name")?;
        self.eat(&["WITH", "OPTIONS"]);
        self.column_options(name, super::types::empty_type())
    }

    fn column_options(&mut self, name: Name, type_name: TypeName) -> Read<ColumnDef> {
        let mut options = Vec::new();
        loop {
            let constraint = if self.eat(&["CONSTRAINT"]) {
                Some(self.name("a constraint's name")?)
            } else {
                None
            };
            let first = self.at;
            if self.grammar.columns.serial_option && self.eat(&["SERIAL", "DEFAULT", "VALUE"]) {
                options.extend(self.serial_options(first));
                continue;
            }
            match self.column_option()? {
                Step::Option(kind) => options.push(ColumnOption {
                    name: constraint,
                    kind,
                    span: self.span_from(first),
                }),
                Step::Nothing => {}
                Step::End => break,
            }
        }
        Ok(ColumnDef {
            name,
            type_name,
            options,
            notes: Notes::default(),
        })
    }

    /// MySQL's `SERIAL DEFAULT VALUE` stands for three of them.
    fn serial_options(&self, first: usize) -> impl Iterator<Item = ColumnOption> {
        let span = self.span_from(first);
        let kinds = [
            ColumnOptionKind::NotNull(None),
            ColumnOptionKind::AutoIncrement,
            ColumnOptionKind::Unique(UniqueOptions::default()),
        ];
        kinds.into_iter().map(move |kind| ColumnOption {
            name: None,
            kind,
            span,
        })
    }

    fn column_option(&mut self) -> Read<Step> {
        if self.at_end() || self.is_symbol(0, ",") || self.is_symbol(0, ")") {
            return Ok(Step::End);
        }
        if let Some(kind) = self.plain_option()? {
            return Ok(Step::Option(kind));
        }
        if let Some(kind) = self.key_option()? {
            return Ok(Step::Option(kind));
        }
        self.skipped_option()
    }

    fn plain_option(&mut self) -> Read<Option<ColumnOptionKind>> {
        let grammar = &self.grammar.columns;
        let kind = if self.eat(&["NOT", "NULL"]) {
            let conflict = self.conflict_clause()?;
            self.eat(&["NO", "INHERIT"]);
            ColumnOptionKind::NotNull(conflict)
        } else if self.eat(&["NULL"]) {
            ColumnOptionKind::Null
        } else if self.eat(&["DEFAULT"]) {
            ColumnOptionKind::Default(self.default_value()?)
        } else if self.eat(&["COLLATE"]) {
            self.eat_symbol("=");
            ColumnOptionKind::Collate(self.collation()?)
        } else if self.grammar.tables.comments && self.eat(&["COMMENT"]) {
            self.eat_symbol("=");
            ColumnOptionKind::Comment(self.text_constant()?)
        } else if self.eat_any(grammar.auto_increment.as_slice()) {
            ColumnOptionKind::AutoIncrement
        } else if grammar.on_update && self.eat(&["ON", "UPDATE"]) {
            ColumnOptionKind::OnUpdateNow(self.expression_until(Self::at_option)?.sql)
        } else {
            return Ok(None);
        };
        Ok(Some(kind))
    }

    fn key_option(&mut self) -> Read<Option<ColumnOptionKind>> {
        let plain_keys = self.grammar.keys.plain_keys;
        let kind = if self.eat(&["PRIMARY", "KEY"]) || (plain_keys && self.eat(&["KEY"])) {
            let descending = !self.eat(&["ASC"]) && self.eat(&["DESC"]);
            let words = self.key_trailer()?;
            let deferrable = self.deferrable();
            ColumnOptionKind::PrimaryKey {
                descending,
                deferrable,
                words,
            }
        } else if self.eat(&["UNIQUE"]) {
            if plain_keys {
                self.eat(&["KEY"]);
            }
            ColumnOptionKind::Unique(self.unique_trailer()?)
        } else if self.eat(&["CHECK"]) {
            let condition = self.parenthesized()?;
            ColumnOptionKind::Check(condition, self.check_trailer()?)
        } else if self.is_word(0, "REFERENCES") {
            ColumnOptionKind::References(self.reference()?)
        } else if self.eat(&["GENERATED"]) {
            return self.generated();
        } else if self.is_word(0, "AS") && self.grammar.columns.bare_computed {
            self.advance(1);
            self.computed()?
        } else {
            return Ok(None);
        };
        Ok(Some(kind))
    }

    /// After `GENERATED`: identity, computed, or a column of MariaDB's system versioning.
    fn generated(&mut self) -> Read<Option<ColumnOptionKind>> {
        let always = self.eat(&["ALWAYS"]);
        if !always {
            self.expect(&["BY", "DEFAULT"])?;
            self.eat(&["ON", "NULL"]);
        }
        self.expect(&["AS"])?;
        let grammar = &self.grammar.columns;
        if !grammar.identity && self.is_word(0, "IDENTITY") {
            let instead = grammar.identity_help;
            return Err(self.foreign(self.at, "`IDENTITY`", Dialect::Postgres, instead));
        }
        if self.eat(&["IDENTITY"]) {
            let options = self.identity_options()?;
            return Ok(Some(ColumnOptionKind::Identity { always, options }));
        }
        self.computed().map(Some)
    }

    fn computed(&mut self) -> Read<ColumnOptionKind> {
        if self.grammar.tables.periods && self.is_word(0, "ROW") {
            return Ok(self.row_version());
        }
        let expression = self.parenthesized()?;
        let stored = self.eat_any(&["STORED", "PERSISTENT"]);
        if !stored {
            self.eat(&["VIRTUAL"]);
        }
        Ok(ColumnOptionKind::Computed { expression, stored })
    }

    /// MariaDB's `ROW START` and `ROW END`: columns of system versioning.
    fn row_version(&mut self) -> ColumnOptionKind {
        let (first, span) = (self.at, self.here());
        self.advance(2);
        let sql = self.written(first);
        ColumnOptionKind::Computed {
            expression: Expression { sql, span },
            stored: true,
        }
    }

    /// A collation, perhaps named by a text.
    fn collation(&mut self) -> Read<ObjectName> {
        if !self.is_text(0) || !self.grammar.columns.collation_texts {
            return self.qualified_name("a collation");
        }
        let span = self.here();
        let text = self.text_constant()?;
        Ok(self.qualified(None, Name { text, span }))
    }

    /// A default: up to the next option. In parentheses it is exactly what stands in them.
    pub(crate) fn default_value(&mut self) -> Read<Expression> {
        self.expression_until(Self::at_option)
    }

    fn at_option(&self) -> bool {
        const STARTS: &[&str] = &[
            "CONSTRAINT",
            "NULL",
            "PRIMARY",
            "UNIQUE",
            "CHECK",
            "REFERENCES",
            "GENERATED",
            "COLLATE",
            "DEFAULT",
            "AUTO_INCREMENT",
            "AUTOINCREMENT",
            "COMMENT",
            "ON",
            "KEY",
            "INVISIBLE",
            "VISIBLE",
            "STORAGE",
            "COMPRESSION",
            "DEFERRABLE",
            "INITIALLY",
            "FIRST",
            "AFTER",
            "COLUMN_FORMAT",
            "AS",
            "FOREIGN",
        ];
        let has_sets = self.grammar.operands.character_sets;
        let charset = has_sets && self.is_any_word(0, &["CHARACTER", "CHARSET"]);
        charset
            || self.is_any_word(0, STARTS)
            || self.is_words(&["NOT", "NULL"])
            || self.is_words(&["NOT", "DEFERRABLE"])
    }

    /// Options that mean something to this dialect only.
    fn skipped_option(&mut self) -> Read<Step> {
        if let Some(step) = (Clauses::of(self.dialect).column_option)(self)? {
            return Ok(step);
        }
        for (word, next) in [("NOT", "`NULL`"), ("PRIMARY", "`KEY`")] {
            if self.eat(&[word]) {
                return Err(self.unexpected(next));
            }
        }
        Ok(Step::End)
    }

    pub(super) fn skips_deferrable(&mut self) -> bool {
        self.eat(&["DEFERRABLE"])
            || self.eat(&["NOT", "DEFERRABLE"])
            || self.eat(&["INITIALLY", "DEFERRED"])
            || self.eat(&["INITIALLY", "IMMEDIATE"])
    }

    pub(super) fn words_from(&self, first: usize, kind: fn(String) -> ColumnOptionKind) -> Step {
        Step::Option(kind(self.written(first)))
    }

    /// SQLite's `ON CONFLICT …`, in capitals.
    pub(crate) fn conflict_clause(&mut self) -> Read<Option<String>> {
        const ACTIONS: [&str; 5] = ["ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"];
        let first = self.at;
        if !self.eat(&["ON", "CONFLICT"]) {
            return Ok(None);
        }
        if !self.grammar.keys.on_conflict {
            let instead = "remove it: each statement says what to do on a conflict";
            return Err(self.foreign(first, "`ON CONFLICT` in a table", Dialect::Sqlite, instead));
        }
        match ACTIONS.into_iter().find(|action| self.eat(&[action])) {
            Some(action) => Ok(Some(format!("ON CONFLICT {action}"))),
            None => {
                Err(self.unexpected("what to do on a conflict: `ABORT`, `IGNORE`, `REPLACE`, …"))
            }
        }
    }

    /// After a key: how its index is kept. Where is left out, as another server has other disks.
    pub(crate) fn key_trailer(&mut self) -> Read<KeyWords> {
        let mut words = KeyWords::default();
        words.options.extend(self.conflict_clause()?);
        while self.key_word(&mut words)? {}
        Ok(words)
    }

    /// `INCLUDE (…)`, `WITH (…)`, `TABLESPACE …`: `false` where nothing of the kind stands here.
    pub(crate) fn key_word(&mut self, words: &mut KeyWords) -> Read<bool> {
        let grammar = &self.grammar.keys;
        let first = self.at;
        if self.eat(&["USING", "INDEX", "TABLESPACE"])
            || (grammar.tablespaces && self.eat(&["TABLESPACE"]))
        {
            self.name("a tablespace")?;
        } else if grammar.plain_keys && self.eat(&["USING"]) {
            self.name("`BTREE` or `HASH`")?;
            words.options.push(self.written(first));
        } else if self.is_word(0, "INCLUDE") && self.is_symbol(1, "(") {
            self.advance(1);
            let columns = self.column_list()?.into_iter();
            words.include = columns.map(|column| column.text).into_vec();
        } else if self.is_word(0, "WITH") && self.is_symbol(1, "(") {
            self.advance(1);
            self.skip_one()?;
            words.options.push(self.written(first));
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    pub(crate) fn unique_trailer(&mut self) -> Read<UniqueOptions> {
        Ok(UniqueOptions {
            nulls_not_distinct: self.nulls_not_distinct(),
            words: self.key_trailer()?,
            deferrable: self.deferrable(),
        })
    }

    /// `(SEQUENCE NAME s START WITH 10)`, or nothing.
    pub(crate) fn identity_options(&mut self) -> Read<IdentityOptions> {
        let mut options = IdentityOptions::default();
        if !self.eat_symbol("(") {
            return Ok(options);
        }
        while !self.at_end() && !self.is_symbol(0, ")") {
            if self.eat(&["SEQUENCE", "NAME"]) {
                options.sequence = Some(self.object_name("a sequence's name")?);
                continue;
            }
            let first = self.at;
            while !self.at_end() && !self.is_symbol(0, ")") && !self.is_words(&["SEQUENCE", "NAME"])
            {
                self.skip_one()?;
            }
            let blank = if options.words.is_empty() { "" } else { " " };
            options.words += blank;
            options.words += &self.written(first);
        }
        self.expect_symbol(")")?;
        Ok(options)
    }

    pub(crate) fn nulls_not_distinct(&mut self) -> bool {
        let may_be = self.grammar.keys.nulls_not_distinct;
        let found = may_be && self.eat(&["NULLS", "NOT", "DISTINCT"]);
        if may_be && !found {
            self.eat(&["NULLS", "DISTINCT"]);
        }
        found
    }

    /// After a check: words that make another rule of it. `NOT VALID` is about rows that were there before.
    pub(crate) fn check_trailer(&mut self) -> Read<Vec<String>> {
        self.conflict_clause()?;
        let mut words = Vec::new();
        loop {
            let first = self.at;
            if self.eat(&["NO", "INHERIT"]) || self.eat(&["NOT", "ENFORCED"]) {
                words.push(self.written(first));
            } else if !self.eat(&["NOT", "VALID"]) && !self.eat(&["ENFORCED"]) {
                return Ok(words);
            }
        }
    }

    /// `[NOT] DEFERRABLE [INITIALLY DEFERRED | IMMEDIATE]`: whether, and whether at first.
    pub(crate) fn deferrable(&mut self) -> Option<bool> {
        if !self.grammar.keys.deferrable {
            return None;
        }
        let not = self.eat(&["NOT", "DEFERRABLE"]);
        let mut found = (!not && self.eat(&["DEFERRABLE"])).then_some(false);
        if self.eat(&["INITIALLY", "DEFERRED"]) {
            found = Some(true);
        } else {
            self.eat(&["INITIALLY", "IMMEDIATE"]);
        }
        if !not && found.is_some() {
            self.eat(&["DEFERRABLE"]);
        }
        found
    }
}
