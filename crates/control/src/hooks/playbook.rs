//! A playbook, played by Ansible with an inventory and variables of ours.

use std::path::Path;

use serde_json::{Value, json};

use super::{Hooks, Occasion, child::Program, write, yaml};

/// The command that plays it.
pub(super) fn program(
    hooks: &Hooks,
    playbook: &Path,
    of: &Occasion<'_>,
    told: &Value,
    folder: &Path,
) -> Result<Program, String> {
    let inventory = folder.join("inventory.yml");
    let hosts = json!({"all": {"hosts": {of.server.hostname.as_str(): host(hooks, of, folder)}}});
    write(&inventory, &format!("{}\n", yaml::plain_text(&hosts)))?;
    let variables = folder.join("variables.yml");
    let told = yaml::unsafe_text(told);
    write(&variables, &format!("{{\"kloigos\": {told}}}\n"))?;
    let mut program = Program::new(&hooks.ansible_playbook);
    program.arguments.extend([
        "--inventory".into(),
        inventory.into(),
        "--extra-vars".into(),
        format!("@{}", variables.display()).into(),
        playbook.into(),
    ]);
    program.set("ANSIBLE_HOME", folder.join("ansible").as_os_str());
    program.set("ANSIBLE_LOCAL_TEMP", folder.join("tmp").as_os_str());
    program.set("ANSIBLE_NOCOLOR", "true");
    program.set("ANSIBLE_LOCALHOST_WARNING", "false");
    program.set("ANSIBLE_RETRY_FILES_ENABLED", "false");
    program.set("PYTHONDONTWRITEBYTECODE", "1");
    // A connection that is kept open would outlive the play, and its socket's path, in a folder of
    // the operator's choice, may be longer than a socket's can be (unix(7): 108 bytes).
    program.set("ANSIBLE_SSH_ARGS", "-o ControlMaster=no");
    Ok(program)
}

/// How the server is reached: nothing in it was written by a tenant.
fn host(hooks: &Hooks, of: &Occasion<'_>, folder: &Path) -> Value {
    let known = folder.join("known_hosts");
    let arguments = format!(
        "-o UserKnownHostsFile=\"{}\" -o GlobalKnownHostsFile=/dev/null \
         -o StrictHostKeyChecking=yes",
        known.display()
    );
    let mut host = json!({
        "ansible_host": of.target.ip,
        "ansible_port": of.target.port,
        "ansible_user": of.target.user.as_ref().unwrap_or(&hooks.ssh_user),
        "ansible_ssh_common_args": arguments,
    });
    if let Some(key) = hooks.ssh_keys.first() {
        host["ansible_ssh_private_key_file"] = json!(key);
    }
    host
}
