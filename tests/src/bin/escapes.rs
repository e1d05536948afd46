//! Prints `docs/ESCAPES.md`.

use kloigos_tests::escape;

fn main() {
    print!("{}", escape::document(&escape::attempts()));
}
