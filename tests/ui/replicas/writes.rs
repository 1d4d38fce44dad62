//! A connection to a replica is for reading.
bindery_cases::source!(given);

type Replica = bindery::ReadConnection<engine::Lite>;

fn an_insert(replica: &mut Replica) -> bindery::Result<Word<engine::Lite>> {
    replica.words().insert(NewWord::new())
}

fn a_delete_by_a_condition(replica: &mut Replica) -> bindery::Result<u64> {
    replica.members().filter(member::name.eq("Ann")).delete()
}

fn a_row_that_was_read_there(replica: &mut Replica) -> bindery::Result<bool> {
    let member: Member<engine::Lite> = replica.members().all()?.remove(0);
    replica.members().save(&member)
}

fn an_upsert(replica: &mut Replica) -> bindery::Result<Member<engine::Lite>> {
    replica.members().upsert_by_email(NewMember::new("ann@example.org"))
}

fn a_raw_statement(replica: &mut Replica) -> bindery::Result<u64> {
    replica.execute("DELETE FROM members", ())
}

fn a_transaction(replica: &mut Replica) -> bindery::Result<u64> {
    replica.transaction(|tx| tx.members().count())
}

fn main() {}
