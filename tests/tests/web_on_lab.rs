//! The web application over a real server: init, allocation, the tenant's login with the line that
//! is copied, attestation, drift by hand and its repair, deallocation and decommission, all by
//! keyboard in a browser.

use anyhow::Result;
use xtask::{
    drive::{ControlPlane, Serve},
    lab::{Lab, Release, Spec},
    web,
};

#[test]
fn the_whole_path_by_keyboard_over_a_real_server() -> Result<()> {
    let bookworm = std::env::var("KLOIGOS_LAB_RELEASE").is_ok_and(|name| name == "bookworm");
    let spec = Spec {
        name: "web".to_owned(),
        release: if bookworm {
            Release::Bookworm
        } else {
            Release::Trixie
        },
        ..Spec::default()
    };
    let lab = Lab::up_temporary(&spec)?;
    let server = lab.server(1);
    let folder = tempfile::tempdir()?;
    let plane = ControlPlane::start(&Serve {
        data_dir: folder.path().join("data"),
        arguments: vec!["--ssh-key".into(), server.private_key_path().into()],
        token: None,
    })?;
    web::journey_on_lab(plane.api(), server, spec.cpus)
}
