//! `kloigos db` and `--database` as a person uses them, on both engines.

mod database {
    mod backups;
    mod opening;
    mod restored;
    mod turns;
    mod ways;
}
