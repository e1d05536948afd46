//! What `kloigos version` tells, from the sources alone: nothing of when or where it was built.

fn main() {
    println!("cargo::rerun-if-env-changed=KLOIGOS_COMMIT");
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=KLOIGOS_TARGET={target}");
}
