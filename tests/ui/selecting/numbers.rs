//! Numbers that are not computed or compared together, casts that mean something else on each database, and parts that a date does not have.
bindery_cases::source!(mixed);

type Lite = bindery::Connection<engine::Lite>;

fn a_decimal_times_a_float(c: &mut Lite) -> bindery::Result<()> {
    c.samples().select(sample::amount * sample::double).all().map(drop)
}

fn a_decimal_times_a_value_of_a_float(c: &mut Lite) -> bindery::Result<()> {
    c.samples().select(sample::amount * 0.5).all().map(drop)
}

fn an_integer_times_a_text(c: &mut Lite) -> bindery::Result<()> {
    c.samples().select(sample::big * sample::name).all().map(drop)
}

fn a_quotient_of_decimals(c: &mut Lite) -> bindery::Result<()> {
    c.samples().select(sample::amount / sample::small).all().map(drop)
}

fn the_remainder_of_a_float(c: &mut Lite) -> bindery::Result<()> {
    c.samples().select(sample::double % sample::big).all().map(drop)
}

fn a_decimal_beside_a_float(c: &mut Lite) -> bindery::Result<u64> {
    c.samples().filter(sample::amount.gt(sample::double)).count()
}

fn an_integer_beside_a_text(c: &mut Lite) -> bindery::Result<u64> {
    c.samples().filter(sample::big.eq(sample::name)).count()
}

fn a_column_set_to_a_wider_number(c: &mut Lite) -> bindery::Result<u64> {
    c.samples().all_rows().update(sample::small.set_to(sample::big))
}

fn a_float_as_a_decimal(c: &mut Lite) -> bindery::Result<()> {
    c.samples().select(sample::double.cast::<bindery::types::BigDecimal>()).all().map(drop)
}

fn a_float_as_a_text(c: &mut Lite) -> bindery::Result<()> {
    c.samples().select(sample::double.cast::<String>()).all().map(drop)
}

fn a_number_within_a_text(c: &mut Lite) -> bindery::Result<u64> {
    c.samples().filter(sample::note.json_i64("a").gt(1)).count()
}

fn the_hour_of_a_date(c: &mut Lite) -> bindery::Result<u64> {
    c.samples().filter(sample::day.hour().eq(1)).count()
}

fn the_week_of_a_text(c: &mut Lite) -> bindery::Result<u64> {
    c.samples().filter(sample::note.iso_week().eq(1)).count()
}

fn main() {}
