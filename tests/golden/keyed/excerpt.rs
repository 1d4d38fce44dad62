// An excerpt: a key that is a text.
// …

/// Model `Word`, table `words`, on `default`, `p`, `lite` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod words {
    // …

    impl ::bindery::__private::ColumnSource for NewWord {
        fn columns(&self) -> ::bindery::__private::ColumnSet {
            ::bindery::__private::ColumnSet::new().with(0).with(1)
        }

        fn given(&self) -> ::bindery::__private::ColumnSet {
            ::bindery::__private::ColumnSource::columns(self).without_if(self.note.is_none(), 1)
        }

        fn write(&self, params: &mut ::bindery::types::ParamWriter<'_>) {
            params.length(40).push(&self.id);
            params.length(20).push(&self.note);
        }
    }
}
