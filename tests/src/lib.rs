//! Tests of bindery against real databases. The tests are in `tests/tests`; this library is empty.
