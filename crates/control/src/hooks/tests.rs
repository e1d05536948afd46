use std::{os::unix::fs::PermissionsExt, path::Path};

use super::*;

fn hooks(dir: &Path) -> Hooks {
    Hooks {
        dir: dir.to_owned(),
        scratch: dir.to_owned(),
        limit: Duration::from_mins(1),
        ansible_playbook: "ansible-playbook".into(),
        ssh_user: "root".parse().expect("a login"),
        ssh_keys: Vec::new(),
        ssh_agent: None,
    }
}

fn put(dir: &Path, name: &str, mode: u32) {
    let path = dir.join(name);
    fs::write(&path, "").expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
}

#[test]
fn a_hook_is_known_by_its_name() {
    let dir = std::env::temp_dir().join(format!("kloigos-hooks-{}", std::process::id()));
    fs::create_dir_all(&dir).expect("a folder");
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).expect("a mode");
    let hooks = hooks(&dir);
    let find = |point| hooks.find(point);
    assert_eq!(find(HookPoint::CleanUp), Ok(None));
    assert!(!hooks.has(HookPoint::CleanUp));
    put(&dir, "clean_up.yaml", 0o644);
    put(&dir, "clean_up_more.yaml", 0o644);
    put(&dir, "after_init", 0o755);
    let playbook = Hook::Playbook(dir.join("clean_up.yaml"));
    assert_eq!(find(HookPoint::CleanUp), Ok(Some(playbook)));
    let program = Hook::Program(dir.join("after_init"));
    assert_eq!(find(HookPoint::AfterInit), Ok(Some(program)));
    assert_eq!(hooks.files().expect("sound hooks").len(), 2);

    put(&dir, "after_allocate.sh", 0o644);
    let faults = [("clean_up.sh", HookPoint::CleanUp, "two hooks")];
    put(&dir, faults[0].0, 0o755);
    for (_, point, fault) in faults {
        assert!(find(point).expect_err("a fault").contains(fault));
        assert!(hooks.has(point), "a fault is told when its point comes");
    }
    let unrunnable = find(HookPoint::AfterAllocate).expect_err("no program");
    assert!(unrunnable.contains("chmod +x"), "{unrunnable}");
    put(&dir, "before_decommission", 0o775);
    let open = find(HookPoint::BeforeDecommission).expect_err("others may write it");
    assert!(open.contains("chmod go-w"), "{open}");
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o777)).expect("a mode");
    let open = find(HookPoint::CleanUp).expect_err("others may put hooks there");
    assert!(open.contains("folder of hooks"), "{open}");
    fs::remove_dir_all(&dir).expect("it goes");
}
