//! How the tests call `kloigos`.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use kloigos_tests::{plane::init_body, postgres};
use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::drive::{ControlPlane, Serve, executable};

pub(super) const SERVERS: &str = "2";

/// A database of one engine, with the folder of a simulated fleet beside it.
pub(super) struct Ground {
    pub(super) dir: TempDir,
    pub(super) postgres: Option<postgres::Database>,
}

impl Ground {
    pub(super) fn sqlite() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        Self {
            dir,
            postgres: None,
        }
    }

    pub(super) fn postgres() -> Self {
        let postgres = Some(postgres::Database::new());
        Self {
            postgres,
            ..Self::sqlite()
        }
    }

    pub(super) fn both() -> [Self; 2] {
        [Self::sqlite(), Self::postgres()]
    }

    /// What a control plane of a simulated fleet is told.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["--simulated".to_owned(), SERVERS.to_owned()];
        if let Some(postgres) = &self.postgres {
            arguments.extend(["--database".to_owned(), postgres.url()]);
        }
        arguments
    }

    pub(super) fn serve(&self, token: Option<&str>) -> ControlPlane {
        let serve = Serve {
            data_dir: self.dir.path().to_owned(),
            arguments: self.arguments().iter().map(Into::into).collect(),
            token: token.map(str::to_owned),
        };
        ControlPlane::start(&serve).expect("kloigos starts")
    }

    /// `kloigos db` on it.
    pub(super) fn db(&self, arguments: &[&str]) -> Output {
        let mut command = kloigos();
        command.arg("db").args(arguments);
        match &self.postgres {
            Some(postgres) => command.args(["--database", &postgres.url()]),
            None => command
                .arg("--data-dir")
                .arg(self.dir.path().join("simulated")),
        };
        command.output().expect("kloigos runs")
    }

    /// The same, which must go well; what it said.
    #[track_caller]
    pub(super) fn done(&self, arguments: &[&str]) -> String {
        let output = self.db(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// The same, which must be refused; why.
    #[track_caller]
    pub(super) fn refused(&self, arguments: &[&str]) -> String {
        let output = self.db(arguments);
        assert!(!output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stderr).expect("text")
    }

    /// The same simulated servers as another one has, as real ones are the same for everybody.
    pub(super) fn has_the_servers_of(&self, other: &Self) {
        let machines = |ground: &Self| ground.dir.path().join("simulated/machines");
        std::fs::create_dir_all(machines(self)).expect("a folder");
        for file in std::fs::read_dir(machines(other)).expect("a folder") {
            let file = file.expect("a file");
            let to = machines(self).join(file.file_name());
            std::fs::copy(file.path(), to).expect("a copy");
        }
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

pub(super) fn kloigos() -> Command {
    let mut command = Command::new(executable().expect("kloigos is built"));
    command.env_remove("SSH_AUTH_SOCK");
    command
}

pub(super) fn text(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}

/// Cuts a simulated server into four units.
pub(super) fn init(plane: &ControlPlane, number: u8) {
    let init = init_body(number, &["0-15", "16-31", "32-47", "48-63"]);
    plane
        .client()
        .post("/api/admin/init_server?wait=true", &init)
        .expect(200);
}

/// What a person sees of the fleet.
pub(super) fn listed(plane: &ControlPlane) -> Value {
    let units = plane.client().get("/api/compute_units/").expect(200);
    let jobs = plane
        .client()
        .get("/api/jobs?limit=1000&kind=allocating")
        .expect(200);
    json!({ "units": units, "jobs": jobs })
}
