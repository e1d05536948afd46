//! An operator's own programs and playbooks, run at defined points of a job.
//!
//! They are children of the control plane with an environment made for them. What tenants wrote
//! (tags, keys, reasons) reaches them as data alone: as JSON on stdin, or as variables that Ansible
//! is told never to take for templates. A hook that fails, fails the job's step; a crash in the
//! middle of one runs it again, so hooks must bear to be repeated.

mod child;
mod playbook;
mod told;
mod yaml;

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
    time::Duration,
};

use kloigos_model::{hook::HookPoint, names::LoginName};
use kloigos_store::{AllocationRecord, ServerRecord, UnitRecord};
use serde_json::Value;

use self::child::Program;
use crate::transport::Target;

pub(crate) use self::child::{Ended, Running};

/// The programs that hooks find.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Where hooks are and how they are run.
#[derive(Debug, Clone)]
pub struct Hooks {
    /// The operator's folder: `clean_up.yaml` and the like.
    pub dir: PathBuf,
    /// A folder of ours for what a run needs.
    pub scratch: PathBuf,
    /// How long a hook may take.
    pub limit: Duration,
    /// The program that plays playbooks.
    pub ansible_playbook: PathBuf,
    /// The login on servers that name none.
    pub ssh_user: LoginName,
    /// The private keys that open servers.
    pub ssh_keys: Vec<PathBuf>,
    /// The socket of an agent that opens servers.
    pub ssh_agent: Option<PathBuf>,
}

/// A file that an operator put there.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Hook {
    Playbook(PathBuf),
    Program(PathBuf),
}

/// What a hook is run for.
pub(crate) struct Occasion<'a> {
    pub(crate) point: HookPoint,
    pub(crate) job: String,
    pub(crate) server: &'a ServerRecord,
    pub(crate) target: &'a Target,
    /// The units that it is about, with their tenancies.
    pub(crate) units: &'a [(UnitRecord, Option<AllocationRecord>)],
}

impl Hooks {
    /// Whether there is a hook for this point, sound or not.
    pub fn has(&self, point: HookPoint) -> bool {
        self.find(point).ok().as_ref() != Some(&None)
    }

    /// The files of all hooks, or what is wrong with one.
    pub fn files(&self) -> Result<Vec<PathBuf>, String> {
        let mut files = Vec::new();
        for &point in HookPoint::ALL {
            files.extend(self.find(point)?.map(|hook| hook.path().to_owned()));
        }
        Ok(files)
    }

    /// Begins the hook of this point, if there is one.
    pub(crate) fn begin(&self, occasion: &Occasion<'_>) -> Result<Option<Running>, String> {
        let Some(hook) = self.find(occasion.point)? else {
            return Ok(None);
        };
        let folder = Folder::new(&self.scratch, &occasion.job);
        let folder = folder.map_err(|error| failed("make", &self.scratch, &error))?;
        let program = self.program(&hook, occasion, &folder.0)?;
        Ok(Some(child::begin(program, self.limit, folder)))
    }

    fn program(&self, hook: &Hook, of: &Occasion<'_>, folder: &Path) -> Result<Program, String> {
        let told = told::told(of, &self.access(of, folder)?);
        let mut program = match hook {
            Hook::Program(path) => Program::new(path),
            Hook::Playbook(path) => playbook::program(self, path, of, &told, folder)?,
        };
        program.dir.clone_from(&self.dir);
        program.stdin = told.to_string().into_bytes();
        program.set("PATH", PATH);
        program.set("HOME", folder.as_os_str());
        program.set("LANG", "C.UTF-8");
        program.set("KLOIGOS_HOOK", of.point.as_str());
        program.set("KLOIGOS_JOB", &of.job);
        if let Some(agent) = &self.ssh_agent {
            program.set("SSH_AUTH_SOCK", agent.as_os_str());
        }
        Ok(program)
    }

    /// How the server is logged in to, with the host keys that are believed.
    fn access(&self, of: &Occasion<'_>, folder: &Path) -> Result<Value, String> {
        let known = folder.join("known_hosts");
        let Target { ip, port, .. } = of.target;
        let place = if *port == 22 {
            ip.to_string()
        } else {
            format!("[{ip}]:{port}")
        };
        let keys = of.target.trusted.iter();
        let lines = keys.map(|key| format!("{place} {}\n", key.without_comment()));
        write(&known, &lines.collect::<Vec<_>>().concat())?;
        Ok(serde_json::json!({
            "user": of.target.user.as_ref().unwrap_or(&self.ssh_user),
            "port": port,
            "keys": self.ssh_keys,
            "known_hosts": known,
        }))
    }

    /// The one hook of this point.
    fn find(&self, point: HookPoint) -> Result<Option<Hook>, String> {
        self.closed()?;
        let entries = fs::read_dir(&self.dir);
        let entries = entries.map_err(|error| failed("read", &self.dir, &error))?;
        let mut found = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| failed("read", &self.dir, &error))?;
            let path = path.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let stem = name.and_then(|name| name.split('.').next());
            if stem == Some(point.as_str()) {
                found.push(path);
            }
        }
        match found.as_slice() {
            [] => Ok(None),
            [path] => self.sound(path).map(Some),
            [one, other, ..] => Err(format!(
                "there are two hooks for {point}, {} and {}; leave one",
                one.display(),
                other.display()
            )),
        }
    }

    /// Whoever may write the folder may put a hook there.
    fn closed(&self) -> Result<(), String> {
        let about =
            fs::metadata(&self.dir).map_err(|error| failed("look at", &self.dir, &error))?;
        let shown = self.dir.display();
        if about.mode() & 0o022 != 0 {
            return Err(format!(
                "others may write the folder of hooks {shown}; chmod go-w {shown}"
            ));
        }
        Ok(())
    }

    /// A file that nobody but its operator could have written.
    fn sound(&self, path: &Path) -> Result<Hook, String> {
        let about = fs::metadata(path).map_err(|error| failed("look at", path, &error))?;
        let ours = fs::metadata(&self.scratch).map(|scratch| scratch.uid());
        let shown = path.display();
        if !about.is_file() {
            return Err(format!("the hook {shown} is no file"));
        }
        if about.mode() & 0o022 != 0 {
            return Err(format!(
                "others may write the hook {shown}; chmod go-w {shown}"
            ));
        }
        if about.uid() != 0 && ours.ok() != Some(about.uid()) {
            return Err(format!(
                "the hook {shown} belongs to a stranger; chown root {shown}"
            ));
        }
        let kind = path.extension().and_then(|kind| kind.to_str());
        if matches!(kind, Some("yaml" | "yml")) {
            return Ok(Hook::Playbook(path.to_owned()));
        }
        if about.mode() & 0o111 == 0 {
            return Err(format!(
                "the hook {shown} cannot be run; chmod +x {shown}, or call a playbook .yaml"
            ));
        }
        Ok(Hook::Program(path.to_owned()))
    }
}

impl Hook {
    fn path(&self) -> &Path {
        match self {
            Self::Playbook(path) | Self::Program(path) => path,
        }
    }
}

/// A folder of one run, which is gone after it. One that a crash left is emptied by the next run of
/// the same job.
pub(crate) struct Folder(PathBuf);

impl Folder {
    fn new(scratch: &Path, job: &str) -> io::Result<Self> {
        let folder = Self(scratch.join(job));
        folder.remove()?;
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(&folder.0)?;
        Ok(folder)
    }

    fn remove(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = self.remove() {
            tracing::warn!(folder = %self.0.display(), %error, "a hook's folder stays");
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| failed("write", path, &error))
}

fn failed(what: &str, path: &Path, error: &io::Error) -> String {
    format!("failed to {what} {}: {error}", path.display())
}

#[cfg(test)]
mod tests;
