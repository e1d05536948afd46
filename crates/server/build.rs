//! Takes the host binary in where `cargo xtask dist` names one; a development build looks for it
//! at run time instead. The web application is taken in by a release build as `web/dist` has it.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(host_embedded)");
    take_in_web();
    println!("cargo::rerun-if-env-changed=KLOIGOS_HOST_BINARY");
    if let Ok(path) = std::env::var("KLOIGOS_HOST_BINARY") {
        println!("cargo::rerun-if-changed={path}");
        println!("cargo::rustc-env=KLOIGOS_HOST_BINARY={path}");
        println!("cargo::rustc-cfg=host_embedded");
    }
}

/// The folder is there whether or not it was built, for it is named at compile time. A development
/// build reads it as it runs and need not be made anew.
fn take_in_web() {
    const WEB: &str = "../../web/dist";
    if let Err(error) = std::fs::create_dir_all(WEB) {
        println!("cargo::warning=no web application, for {WEB} cannot be made: {error}");
    }
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed={WEB}");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
