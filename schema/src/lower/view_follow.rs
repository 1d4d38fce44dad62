//! Views follow the tables they read: PostgreSQL keeps what a query means, SQLite writes its text anew. MySQL does neither,
//! and its view is broken then.
//!
//! What a table was called when the view was made, it is called in the view's query for ever: `FROM new AS old (a, b)`.

use crate::ast::{
    ExpressionPiece, FileAst, FromItem, Name, ObjectName, PieceKind, Query, SelectItem, Source,
    Value,
};
use crate::dialect::Dialect;
use crate::draft::{DraftView, TableIndex};

use super::reads::{Place, places, read_names};
use super::{Fold, lookup, mention, rename};

/// The source of a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    /// A table.
    Table(TableIndex),
    /// Another view.
    View(usize),
}

/// The change of a source.
enum Change<'c> {
    /// It goes by another name.
    Name(&'c ObjectName),
    /// These are its first columns as they were named until now.
    Columns(&'c [String]),
    /// The column of this number is gone.
    Dropped(usize),
}

impl Fold<'_> {
    /// The table or view gets another name, or another schema. To be called before it does.
    pub(super) fn views_follow(&mut self, file: &FileAst, read: Read, to: &ObjectName) {
        self.change_views(file, read, &Change::Name(to));
    }

    /// A column gets another name. To be called before it does.
    pub(super) fn views_follow_column(
        &mut self,
        file: &FileAst,
        index: TableIndex,
        columns: &[String],
        from: &str,
        to: &Name,
    ) {
        let Some(at) = columns.iter().position(|column| column == from) else {
            return;
        };
        match file.dialect {
            Dialect::Postgres => {
                self.change_views(file, Read::Table(index), &Change::Columns(&columns[..=at]));
            }
            Dialect::Sqlite => self.rename_in_views(file, index, from, to),
            Dialect::Mysql => {}
        }
    }

    /// A column is dropped.
    pub(super) fn views_lose_column(&mut self, file: &FileAst, index: TableIndex, at: usize) {
        if file.dialect == Dialect::Postgres {
            self.change_views(file, Read::Table(index), &Change::Dropped(at));
        }
    }

    fn change_views(&mut self, file: &FileAst, read: Read, change: &Change<'_>) {
        if file.dialect == Dialect::Mysql {
            return;
        }
        for (at, mut view) in self.readers_of(file, read) {
            self.change_view(file, &mut view, read, change);
            for name in read_names(&view.body.tokens) {
                self.readers.entry(name).or_default().insert(at);
            }
            self.views[at] = Some(view);
        }
    }

    /// The views of this file that may read it, taken out of the list.
    fn readers_of(&mut self, file: &FileAst, read: Read) -> Vec<(usize, DraftView)> {
        let name = match read {
            Read::Table(index) => self.tables[index].as_ref().map(|table| &table.name.name),
            Read::View(at) => self.views[at].as_ref().map(|view| &view.table.name.name),
        };
        let Some(name) = name.cloned() else {
            return Vec::new();
        };
        let readers = self.readers.get(&name.text.to_lowercase()).cloned();
        let mut taken = Vec::new();
        for at in readers.into_iter().flatten() {
            let view = self.views[at]
                .take_if(|view| view.table.file == file.file && read != Read::View(at));
            let Some(view) = view else { continue };
            if self.may_follow(&name, 1 + view.body.tokens.len() / 16) {
                taken.push((at, view));
            } else {
                self.views[at] = Some(view);
            }
        }
        taken
    }

    fn change_view(&self, file: &FileAst, view: &mut DraftView, read: Read, change: &Change<'_>) {
        let common = common_tables(&mut view.query);
        let meant = self.places_of(file, view, read, &common);
        if meant.is_empty() {
            return;
        }
        for place in meant.iter().rev() {
            write_place(&mut view.body.tokens, *place, change);
        }
        view.followed = true;
        view.body.sql = rename::written(&view.body.tokens, view.table.dialect);
        each_query(&mut view.query, |query| {
            let items = query.selects.iter_mut().flat_map(|select| &mut select.from);
            for item in items {
                let reads = match &item.source {
                    Source::Table(name) => {
                        !is_common(name, &common) && self.read_by(file, name) == Some(read)
                    }
                    Source::Query(_) | Source::Unknown => false,
                };
                if reads {
                    change_item(item, change);
                }
            }
        });
    }

    /// Returns the places at which the view's text names a source.
    fn places_of(
        &self,
        file: &FileAst,
        view: &DraftView,
        read: Read,
        common: &[String],
    ) -> Vec<Place> {
        let found = places(&view.body.tokens).into_iter();
        let meant = found.filter(|place| {
            let name = name_at(&view.body.tokens, *place, &view.table.name);
            !is_common(&name, common) && self.read_by(file, &name) == Some(read)
        });
        meant.collect()
    }

    /// The numbers of the views of this file that read it, and that `needs` is true of.
    pub(super) fn views_that_read(
        &mut self,
        file: &FileAst,
        read: Read,
        needs: impl Fn(&Self, &DraftView) -> bool,
    ) -> Vec<usize> {
        let mut found = Vec::new();
        for (at, mut view) in self.readers_of(file, read) {
            let common = common_tables(&mut view.query);
            let reads = !self.places_of(file, &view, read, &common).is_empty();
            if reads && needs(self, &view) {
                found.push(at);
            }
            self.views[at] = Some(view);
        }
        found
    }

    /// Returns the object that a name stands for here and now.
    fn read_by(&self, file: &FileAst, name: &ObjectName) -> Option<Read> {
        let table = self.find(file, name).map(Read::Table);
        table.or_else(|| self.view_index(file, name).map(Read::View))
    }

    /// SQLite changes the names in the text.
    fn rename_in_views(&mut self, file: &FileAst, index: TableIndex, from: &str, to: &Name) {
        for (at, mut view) in self.readers_of(file, Read::Table(index)) {
            self.rename_in_view(file, &mut view, index, from, to);
            self.views[at] = Some(view);
        }
    }

    fn rename_in_view(
        &self,
        file: &FileAst,
        view: &mut DraftView,
        index: TableIndex,
        from: &str,
        to: &Name,
    ) {
        let (own, others) = self.names_of(file, view, index, from);
        if own.is_empty() {
            return;
        }
        let is_own = |table: &str| own.iter().any(|own| own.eq_ignore_ascii_case(table));
        let tokens = &view.body.tokens;
        let found = mention::mentions(tokens, from, Dialect::Sqlite);
        let meant = found.into_iter().filter(|&at| match qualifier(tokens, at) {
            Some(table) => is_own(table),
            None => !others,
        });
        let meant: Vec<usize> = meant.collect();
        for at in meant {
            let piece = &mut view.body.tokens[at];
            piece.kind = PieceKind::Quoted;
            piece.text.clone_from(&to.text);
        }
        view.followed = true;
        view.body.sql = rename::written(&view.body.tokens, Dialect::Sqlite);
        each_query(&mut view.query, |query| {
            let items = query
                .selects
                .iter_mut()
                .flat_map(|select| &mut select.items);
            for item in items {
                let SelectItem::Value(Value::Column(names), _) = item else {
                    continue;
                };
                let table = names.len().checked_sub(2).map(|at| names[at].text.clone());
                let of_table = table.map_or(!others, |table| is_own(&table));
                if let Some(name) = names
                    .last_mut()
                    .filter(|name| of_table && lookup::same_name(&name.text, from, Dialect::Sqlite))
                {
                    name.text.clone_from(&to.text);
                }
            }
        });
    }

    /// Returns the names of the table in the view, and whether anything else there may have a column of the name.
    fn names_of(
        &self,
        file: &FileAst,
        view: &DraftView,
        index: TableIndex,
        column: &str,
    ) -> (Vec<String>, bool) {
        let tokens = &view.body.tokens;
        let (mut own, mut others) = (Vec::new(), false);
        for place in places(tokens) {
            let name = name_at(tokens, place, &view.table.name);
            let read = self.read_by(file, &name);
            if read == Some(Read::Table(index)) {
                own.push(tokens[place.alias.unwrap_or(place.end - 1)].text.clone());
            } else {
                others |= self.has_column(read, column);
            }
        }
        (own, others)
    }

    /// Does the view mention the column of the table it reads, or of all its columns?
    pub(super) fn speaks_of_column(
        &self,
        file: &FileAst,
        view: &DraftView,
        index: TableIndex,
        column: &str,
    ) -> bool {
        let tokens = &view.body.tokens;
        let (own, others) = self.names_of(file, view, index, column);
        let is_own = |table: &str| own.iter().any(|own| own.eq_ignore_ascii_case(table));
        let named = mention::mentions(tokens, column, view.table.dialect).into_iter();
        let all = (0..tokens.len()).filter(|&at| is_all(tokens, at));
        let mut spoken = named
            .map(|at| (at, others))
            .chain(all.map(|at| (at, false)));
        spoken.any(|(at, others)| qualifier(tokens, at).map_or(!others, is_own))
    }

    /// May it have a column of the name? Of views that is not known here.
    fn has_column(&self, read: Option<Read>, name: &str) -> bool {
        match read {
            Some(Read::Table(index)) => self.tables[index].as_ref().is_some_and(|table| {
                lookup::column_index(&table.columns, name, table.dialect).is_some()
            }),
            Some(Read::View(_)) => true,
            None => false,
        }
    }

    /// Names that the path of the file leads to are written with their schema: another file has another path.
    pub(super) fn qualify_views(&mut self, file: &FileAst) {
        for at in 0..self.views.len() {
            let Some(mut view) = self.views[at].take() else {
                continue;
            };
            let has_path = view.table.name.path.is_some();
            if has_path && view.table.file == file.file && file.dialect == Dialect::Postgres {
                self.qualify_view(file, &mut view);
            }
            self.views[at] = Some(view);
        }
    }

    fn qualify_view(&self, file: &FileAst, view: &mut DraftView) {
        let common = common_tables(&mut view.query);
        let mut changed = false;
        for place in places(&view.body.tokens).into_iter().rev() {
            let name = name_at(&view.body.tokens, place, &view.table.name);
            if name.schema.is_some() || name.in_public || is_common(&name, &common) {
                continue;
            }
            let schema = match self.read_by(file, &name) {
                Some(Read::Table(index)) => self.tables[index]
                    .as_ref()
                    .and_then(|table| table.name.schema.clone()),
                Some(Read::View(at)) => self.views[at]
                    .as_ref()
                    .and_then(|view| view.table.name.schema.clone()),
                None => None,
            };
            if let Some(schema) = schema {
                let start = place.start..place.start;
                view.body
                    .tokens
                    .splice(start, [quoted(&schema), symbol(".")]);
                changed = true;
            }
        }
        if changed {
            view.body.sql = rename::written(&view.body.tokens, Dialect::Postgres);
        }
    }
}

/// The name of a place, as it would be looked for where the view is written.
fn name_at(tokens: &[ExpressionPiece], place: Place, view: &ObjectName) -> ObjectName {
    let (name, schema) = place.names();
    let folded = |piece: &ExpressionPiece| {
        if piece.kind == PieceKind::Word {
            piece.text.to_lowercase()
        } else {
            piece.text.clone()
        }
    };
    let schema = schema.map(|at| folded(&tokens[at]));
    ObjectName {
        in_public: schema.as_deref() == Some("public"),
        schema: schema.filter(|schema| !matches!(schema.as_str(), "public" | "main")),
        name: Name {
            text: folded(&tokens[name]),
            span: view.name.span,
        },
        path: view.path.clone(),
    }
}

fn is_common(name: &ObjectName, common: &[String]) -> bool {
    let text = &name.name.text;
    name.schema.is_none() && common.iter().any(|known| known.eq_ignore_ascii_case(text))
}

/// The queries of `WITH`, wherever they are.
fn common_tables(query: &mut Query) -> Vec<String> {
    let mut names = Vec::new();
    each_query(query, |query| {
        names.extend(query.with.iter().map(|table| table.name.text.clone()));
    });
    names
}

/// The query, those of its `WITH` and those it reads from; queries in values apart.
fn each_query(query: &mut Query, mut visit: impl FnMut(&mut Query)) {
    let mut open = vec![query];
    while let Some(query) = open.pop() {
        visit(query);
        open.extend(query.with.iter_mut().map(|table| &mut table.query));
        let items = query.selects.iter_mut().flat_map(|select| &mut select.from);
        open.extend(items.filter_map(|item| match &mut item.source {
            Source::Query(inner) => Some(&mut **inner),
            Source::Table(_) | Source::Unknown => None,
        }));
    }
}

/// `*` or `a.*` rather than a product or `count(*)`.
fn is_all(tokens: &[ExpressionPiece], at: usize) -> bool {
    let star = tokens[at].is_symbol("*");
    let before = at.checked_sub(1).map(|at| tokens[at].text.as_str());
    let leads = |word: &&str| before.is_some_and(|before| before.eq_ignore_ascii_case(word));
    star && ["SELECT", "DISTINCT", "ALL", ",", "."].iter().any(leads)
}

/// The name before the point before a name.
fn qualifier(tokens: &[ExpressionPiece], at: usize) -> Option<&str> {
    let point = at.checked_sub(1).map(|at| &tokens[at])?;
    let points = point.is_symbol(".");
    let before = at.checked_sub(2).filter(|_| points)?;
    Some(&tokens[before].text)
}

fn write_place(tokens: &mut Vec<ExpressionPiece>, place: Place, change: &Change<'_>) {
    let own = tokens[place.end - 1].clone();
    match change {
        Change::Name(to) => {
            let mut name = Vec::new();
            if let Some(schema) = &to.schema {
                name.extend([quoted(schema), symbol(".")]);
            }
            name.push(quoted(&to.name.text));
            if place.alias.is_none() {
                name.extend([word("AS"), own]);
            }
            tokens.splice(place.start..place.end, name);
        }
        Change::Columns(names) => write_columns(tokens, place, names),
        Change::Dropped(at) => {
            let Some((start, end)) = place.columns else {
                return;
            };
            let mut known = names_between(tokens, start, end);
            if *at < known.len() {
                known.remove(*at);
                let list = if known.is_empty() {
                    Vec::new()
                } else {
                    list(&known)
                };
                tokens.splice(start..end, list);
            }
        }
    }
}

fn write_columns(tokens: &mut Vec<ExpressionPiece>, place: Place, names: &[String]) {
    let (start, end) = place.columns.unwrap_or_else(|| {
        let behind = place.alias.map_or(place.end, |alias| alias + 1);
        (behind, behind)
    });
    let mut known = names_between(tokens, start, end);
    if known.len() >= names.len() {
        return;
    }
    known.extend(names[known.len()..].iter().cloned());
    let mut written = Vec::new();
    if place.alias.is_none() {
        written.extend([word("AS"), tokens[place.end - 1].clone()]);
    }
    written.extend(list(&known));
    tokens.splice(start..end, written);
}

fn names_between(tokens: &[ExpressionPiece], start: usize, end: usize) -> Vec<String> {
    let names = tokens[start..end].iter().filter(|piece| piece.is_name());
    names.map(|piece| piece.text.clone()).collect()
}

fn list(names: &[String]) -> Vec<ExpressionPiece> {
    let mut pieces = vec![symbol("(")];
    for (at, name) in names.iter().enumerate() {
        pieces.extend((at > 0).then(|| symbol(",")));
        pieces.push(quoted(name));
    }
    pieces.push(symbol(")"));
    pieces
}

fn change_item(item: &mut FromItem, change: &Change<'_>) {
    let Source::Table(name) = &mut item.source else {
        return;
    };
    match change {
        Change::Name(to) => {
            item.alias.get_or_insert_with(|| name.name.clone());
            *name = ObjectName {
                in_public: to.schema.is_none(),
                path: name.path.clone(),
                ..(*to).clone()
            };
        }
        Change::Columns(names) => {
            item.alias.get_or_insert_with(|| name.name.clone());
            let known = item.columns.len();
            let span = name.name.span;
            let new = names.iter().skip(known).map(|text| Name {
                text: text.clone(),
                span,
            });
            item.columns.extend(new);
        }
        Change::Dropped(at) => {
            if *at < item.columns.len() {
                item.columns.remove(*at);
            }
        }
    }
}

fn quoted(text: &str) -> ExpressionPiece {
    piece(PieceKind::Quoted, text)
}

fn word(text: &str) -> ExpressionPiece {
    piece(PieceKind::Word, text)
}

fn symbol(text: &str) -> ExpressionPiece {
    piece(PieceKind::Symbol, text)
}

fn piece(kind: PieceKind, text: &str) -> ExpressionPiece {
    ExpressionPiece {
        kind,
        text: text.to_owned(),
    }
}
