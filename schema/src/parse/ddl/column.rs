//! Reads a column: name, type and the options behind it.

use crate::ast::{
    ColumnDef, ColumnOption, ColumnOptionKind, Expression, Name, Notes, UniqueOptions,
};
use crate::dialect::Dialect;

use super::cursor::{Cursor, Read};

/// What one step over the options gave.
enum Step {
    /// An option worth keeping.
    Option(ColumnOptionKind),
    /// Something without meaning for the model.
    Nothing,
    /// No option starts here.
    End,
}

impl Cursor<'_> {
    /// A column up to the comma or parenthesis behind it.
    pub(crate) fn column(&mut self) -> Read<ColumnDef> {
        let name = self.name("a column's name")?;
        self.column_named(name)
    }

    /// A column's definition behind its name.
    pub(crate) fn column_named(&mut self, name: Name) -> Read<ColumnDef> {
        let type_name = self.type_name()?;
        let mut options = Vec::new();
        loop {
            let constraint = if self.eat(&["CONSTRAINT"]) {
                Some(self.name("a constraint's name")?)
            } else {
                None
            };
            let first = self.at;
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
        let mysql = self.dialect == Dialect::Mysql;
        let counts = match self.dialect {
            Dialect::Sqlite => "AUTOINCREMENT",
            Dialect::Mysql => "AUTO_INCREMENT",
            Dialect::Postgres => "",
        };
        let kind = if self.eat(&["NOT", "NULL"]) {
            self.conflict_clause()?;
            self.eat(&["NO", "INHERIT"]);
            ColumnOptionKind::NotNull
        } else if self.eat(&["NULL"]) {
            ColumnOptionKind::Null
        } else if self.eat(&["DEFAULT"]) {
            ColumnOptionKind::Default(self.default_value()?)
        } else if self.eat(&["COLLATE"]) {
            self.eat_symbol("=");
            ColumnOptionKind::Collate(self.collation()?)
        } else if mysql && self.eat(&["COMMENT"]) {
            self.eat_symbol("=");
            ColumnOptionKind::Comment(self.text_constant()?)
        } else if self.eat(&[counts]) {
            ColumnOptionKind::AutoIncrement
        } else if mysql && self.eat(&["ON", "UPDATE"]) {
            self.expression_until(Self::at_option)?;
            ColumnOptionKind::OnUpdateNow
        } else {
            return Ok(None);
        };
        Ok(Some(kind))
    }

    fn key_option(&mut self) -> Read<Option<ColumnOptionKind>> {
        let kind = if self.eat(&["PRIMARY", "KEY"])
            || (self.dialect == Dialect::Mysql && self.eat(&["KEY"]))
        {
            let descending = !self.eat(&["ASC"]) && self.eat(&["DESC"]);
            self.key_trailer()?;
            ColumnOptionKind::PrimaryKey { descending }
        } else if self.eat(&["UNIQUE"]) {
            if self.dialect == Dialect::Mysql {
                self.eat(&["KEY"]);
            }
            ColumnOptionKind::Unique(self.unique_trailer()?)
        } else if self.eat(&["CHECK"]) {
            let condition = self.parenthesized()?;
            self.check_trailer()?;
            ColumnOptionKind::Check(condition)
        } else if self.is_word(0, "REFERENCES") {
            ColumnOptionKind::References(self.reference()?)
        } else if self.eat(&["GENERATED"]) {
            return self.generated();
        } else if self.is_word(0, "AS") && self.dialect != Dialect::Postgres {
            self.advance(1);
            self.computed()?
        } else {
            return Ok(None);
        };
        Ok(Some(kind))
    }

    /// Behind `GENERATED`: identity, computed, or a column of MariaDB's system versioning.
    fn generated(&mut self) -> Read<Option<ColumnOptionKind>> {
        let always = self.eat(&["ALWAYS"]);
        if !always {
            self.expect(&["BY", "DEFAULT"])?;
            self.eat(&["ON", "NULL"]);
        }
        self.expect(&["AS"])?;
        if self.dialect == Dialect::Postgres && self.eat(&["IDENTITY"]) {
            if self.is_symbol(0, "(") {
                self.skip_one()?;
            }
            return Ok(Some(ColumnOptionKind::Identity { always }));
        }
        self.computed().map(Some)
    }

    fn computed(&mut self) -> Read<ColumnOptionKind> {
        if self.dialect == Dialect::Mysql && self.is_word(0, "ROW") {
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
        let (sql, span) = ("ROW".to_owned(), self.here());
        self.advance(2);
        let expression = Expression {
            sql,
            tokens: Vec::new(),
            span,
        };
        ColumnOptionKind::Computed {
            expression,
            stored: true,
        }
    }

    /// A collation; MySQL takes its name as a text too.
    fn collation(&mut self) -> Read<String> {
        let text = self.token(0).filter(|&token| self.is_text(token));
        match text {
            Some(token) if self.dialect == Dialect::Mysql => {
                self.advance(1);
                Ok(self.unquoted(token))
            }
            _ => Ok(self.object_name("a collation")?.name.text),
        }
    }

    /// A default: up to the next option. In parentheses it is exactly what stands in them.
    pub(crate) fn default_value(&mut self) -> Read<Expression> {
        self.expression_until(Self::at_option)
    }

    /// Does an option of a column begin here?
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
        let charset =
            self.dialect == Dialect::Mysql && self.is_any_word(0, &["CHARACTER", "CHARSET"]);
        charset
            || self.is_any_word(0, STARTS)
            || self.is_words(&["NOT", "NULL"])
            || self.is_words(&["NOT", "DEFERRABLE"])
    }

    /// Options of this dialect without meaning for the model.
    fn skipped_option(&mut self) -> Read<Step> {
        let skipped = match self.dialect {
            Dialect::Sqlite => self.skips_deferrable(),
            Dialect::Postgres => self.skips_postgres_option()?,
            Dialect::Mysql => self.skips_mysql_option(),
        };
        if skipped {
            return Ok(Step::Nothing);
        }
        for (word, next) in [("NOT", "`NULL`"), ("PRIMARY", "`KEY`")] {
            if self.eat(&[word]) {
                return Err(self.unexpected(next));
            }
        }
        Ok(Step::End)
    }

    fn skips_deferrable(&mut self) -> bool {
        self.eat(&["DEFERRABLE"])
            || self.eat(&["NOT", "DEFERRABLE"])
            || self.eat(&["INITIALLY", "DEFERRED"])
            || self.eat(&["INITIALLY", "IMMEDIATE"])
    }

    fn skips_postgres_option(&mut self) -> Read<bool> {
        if self.eat_any(&["STORAGE", "COMPRESSION"]) {
            self.advance(1);
            return Ok(true);
        }
        if self.is_word(0, "OPTIONS") && self.is_symbol(1, "(") {
            self.advance(1);
            self.skip_one()?;
            return Ok(true);
        }
        let enforced = self.eat(&["NOT", "ENFORCED"]) || self.eat(&["ENFORCED"]);
        Ok(enforced || self.eat(&["NO", "INHERIT"]) || self.skips_deferrable())
    }

    fn skips_mysql_option(&mut self) -> bool {
        const ALONE: &[&str] = &[
            "INVISIBLE",
            "VISIBLE",
            "BINARY",
            "ASCII",
            "UNICODE",
            "COMPRESSED",
            "BYTE",
            "ENFORCED",
        ];
        const WITH_VALUE: &[&str] = &[
            "CHARSET",
            "COLUMN_FORMAT",
            "STORAGE",
            "SRID",
            "ENGINE_ATTRIBUTE",
            "REF_SYSTEM_ID",
        ];
        let charset = self.eat(&["CHARACTER", "SET"]) || self.eat(&["CHAR", "SET"]);
        if charset || self.eat_any(WITH_VALUE) {
            self.eat_symbol("=");
            self.advance(1);
            return true;
        }
        self.eat_any(ALONE)
            || self.eat(&["NOT", "ENFORCED"])
            || self.eat(&["WITH", "SYSTEM", "VERSIONING"])
            || self.eat(&["WITHOUT", "SYSTEM", "VERSIONING"])
    }

    /// SQLite's `ON CONFLICT …`.
    pub(crate) fn conflict_clause(&mut self) -> Read<()> {
        if !self.eat(&["ON", "CONFLICT"]) {
            return Ok(());
        }
        let found = self.eat_any(&["ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"]);
        if found {
            Ok(())
        } else {
            Err(self.unexpected("what to do on a conflict: `ABORT`, `IGNORE`, `REPLACE`, …"))
        }
    }

    /// Behind a key: how its index is kept.
    pub(crate) fn key_trailer(&mut self) -> Read<()> {
        self.conflict_clause()?;
        loop {
            if self.eat(&["USING", "INDEX", "TABLESPACE"]) {
                self.name("a tablespace")?;
            } else if self.eat_any(&["USING"]) {
                self.name("`BTREE` or `HASH`")?;
            } else if self.is_any_word(0, &["WITH", "INCLUDE"]) && self.is_symbol(1, "(") {
                self.advance(1);
                self.skip_one()?;
            } else {
                return Ok(());
            }
        }
    }

    pub(crate) fn unique_trailer(&mut self) -> Read<UniqueOptions> {
        let mut options = UniqueOptions {
            nulls_not_distinct: self.nulls_not_distinct(),
            deferrable: false,
        };
        self.key_trailer()?;
        options.deferrable = self.deferrable().is_some();
        Ok(options)
    }

    pub(crate) fn nulls_not_distinct(&mut self) -> bool {
        let postgres = self.dialect == Dialect::Postgres;
        let found = postgres && self.eat(&["NULLS", "NOT", "DISTINCT"]);
        if postgres && !found {
            self.eat(&["NULLS", "DISTINCT"]);
        }
        found
    }

    pub(crate) fn check_trailer(&mut self) -> Read<()> {
        self.conflict_clause()?;
        while self.eat(&["NO", "INHERIT"])
            || self.eat(&["NOT", "VALID"])
            || self.eat(&["NOT", "ENFORCED"])
            || self.eat(&["ENFORCED"])
        {}
        Ok(())
    }

    /// `[NOT] DEFERRABLE [INITIALLY DEFERRED | IMMEDIATE]`: whether, and whether at first.
    pub(crate) fn deferrable(&mut self) -> Option<bool> {
        if self.dialect == Dialect::Mysql {
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
