//! Takes the host binary in where `cargo xtask dist` names one; a development build looks for it
//! at run time instead. The web application is taken in by a release build as `web/dist` has it.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(host_embedded)");
    println!("cargo::rerun-if-changed=../../web/dist");
    println!("cargo::rerun-if-env-changed=KLOIGOS_HOST_BINARY");
    if let Ok(path) = std::env::var("KLOIGOS_HOST_BINARY") {
        println!("cargo::rerun-if-changed={path}");
        println!("cargo::rustc-env=KLOIGOS_HOST_BINARY={path}");
        println!("cargo::rustc-cfg=host_embedded");
    }
}
