//! The play: `ansible-core`, as well set up as it can be: pipelining, one persistent connection, no
//! fact gathering.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use xtask::lab::Server;

use super::{filled, floor};

/// An installed Ansible with an inventory of one server.
pub(super) struct Play {
    folder: PathBuf,
    program: PathBuf,
}

const ALLOCATE: &str = "
    - copy: { dest: '/etc/ssh/kloigos/@USER@', content: '{{ key }}\\n', mode: '0644' }";

const MANAGER: &str = "
    - file: { path: '/var/lib/systemd/linger/@USER@', state: touch, mode: '0644' }
    - systemd: { name: 'user@@UID@.service', state: started, no_block: true }";

const DEALLOCATE: &str = "
    - file: { path: '/etc/ssh/kloigos/@USER@', state: absent }
    - shell: 'while [ -d @SLICE@ ] && grep -q \"populated 1\" @SLICE@/cgroup.events; do echo 1 > @SLICE@/cgroup.kill; done'
    - command: { cmd: \"setpriv --reuid @UID@ --regid @UID@ --clear-groups bash -c 'kill -9 -1'\" }
      failed_when: false
    - systemd: { name: '{{ item }}', state: stopped }
      loop: ['user@@UID@.service', 'user-runtime-dir@@UID@.service', 'user-@UID@.slice']
    - command: systemctl reset-failed user@@UID@.service user-runtime-dir@@UID@.service
      failed_when: false
    - file: { path: '/run/systemd/system.control/user-@UID@.slice.d', state: absent }
    - script: wipe.sh
    - script: proof.sh
    - file: { path: '{{ item }}', state: directory, mode: '0700', owner: '@UID@', group: '@UID@' }
      loop: ['/home/@USER@', '/opt/@DIR@', '/mnt/@DIR@']";

const COLD: &str = "
    - file: { path: '/var/lib/systemd/linger/@USER@', state: absent }";

const WARM: &str = "
    - systemd: { name: 'user@@UID@.service', state: started, no_block: true }";

const BARE: &str = "
    - group: { name: kunits }
    - group: { name: '@USER@', gid: @UID@ }
    - user: { name: '@USER@', uid: @UID@, group: '@USER@', groups: kunits, create_home: false, shell: /bin/bash }
    - file: { path: '{{ item }}', state: directory, mode: '0700', owner: '@UID@', group: '@UID@' }
      loop: ['/home/@USER@', '/opt/@DIR@', '/mnt/@DIR@']
    - command: setquota -u @UID@ 0 1048576 0 100000 /
    - file: { path: '{{ item }}', state: directory, mode: '0755' }
      loop: ['/etc/systemd/system/user-@UID@.slice.d', '/etc/systemd/system/user@@UID@.service.d', '/etc/ssh/kloigos']
    - file: { path: '{{ item }}', state: directory, mode: '0000' }
      loop: ['@TMP@/tmp', '@TMP@/vartmp', '@SHM@']
    - file: { path: '{{ item }}', state: directory, mode: '1777' }
      loop: ['@TMP@/tmp/@USER@', '@TMP@/vartmp/@USER@', '@SHM@/@USER@']
    - command: mount -t tmpfs -o size=512M,mode=1777 tmpfs @SHM@/@USER@
    - command: mount -o remount,hidepid=invisible /proc
    - copy: { dest: '{{ item.dest }}', content: '{{ item.content }}' }
      loop:
        - dest: /etc/systemd/system/user-@UID@.slice.d/50-kloigos.conf
          content: \"[Slice]\\nAllowedCPUs=0-3\\nAllowedMemoryNodes=0\\nMemoryMax=1G\\nMemorySwapMax=0\\nTasksMax=4096\\n\"
        - dest: /etc/systemd/system/user@@UID@.service.d/50-kloigos.conf
          content: \"[Service]\\nPrivateMounts=yes\\nProtectProc=invisible\\nBindPaths=@TMP@/tmp/@USER@:/tmp @TMP@/vartmp/@USER@:/var/tmp @SHM@/@USER@:/dev/shm\\n\"
        - dest: /etc/security/namespace.d/kloigos.conf
          content: \"/tmp @TMP@/tmp/ user:noinit root\\n/var/tmp @TMP@/vartmp/ user:noinit root\\n/dev/shm @SHM@/ user:noinit root\\n\"
        - dest: /etc/pam.d/kloigos
          content: \"auth required pam_deny.so\\naccount required pam_unix.so\\npassword required pam_deny.so\\nsession required pam_loginuid.so\\nsession required pam_systemd.so\\nsession required pam_namespace.so\\n\"
        - dest: /etc/ssh/sshd_config.d/10-kloigos.conf
          content: \"Match Group kunits\\n  AuthorizedKeysFile /etc/ssh/kloigos/%u\\n  PAMServiceName kloigos\\n\"
        - dest: /etc/modprobe.d/kloigos.conf
          content: \"install sctp /bin/false\\ninstall dccp /bin/false\\ninstall rds /bin/false\\ninstall tipc /bin/false\\n\"
        - dest: /etc/dbus-1/system.d/kloigos.conf
          content: '<busconfig><policy group=\"kunits\"><deny send_destination=\"org.freedesktop.systemd1\"/><deny send_destination=\"org.freedesktop.login1\"/><allow send_destination=\"org.freedesktop.systemd1\" send_interface=\"org.freedesktop.systemd1.Manager\" send_member=\"AttachProcessesToUnit\"/></policy></busconfig>'
    - lineinfile: { path: '/etc/pam.d/{{ item }}', insertbefore: BOF, line: 'account requisite pam_succeed_if.so quiet user notingroup kunits' }
      loop: ['cron', 'atd']
    - systemd: { name: ssh, state: reloaded }
    - command: busctl call org.freedesktop.DBus / org.freedesktop.DBus ReloadConfig
    - shell: echo 2000-2199 > /proc/sys/net/ipv4/ip_local_reserved_ports
    - copy:
        dest: /run/floor.nft
        content: |
          table inet kloigos {
            set unit_uids { type uid; elements = { @UID@ }; }
            set unit_bind { type uid . inet_service; flags interval; elements = { @UID@ . 2000-2199 }; }
            chain unit_out { meta l4proto { 1, 58 } accept; ct direction reply meta skuid . th sport != @unit_bind counter drop; }
            chain output { type filter hook output priority filter; meta skuid @unit_uids jump unit_out; }
          }
    - command: nft -f /run/floor.nft";

impl Play {
    /// Sees to it that `ansible-core` is there, and writes the plays.
    pub(super) fn prepare(folder: &Path, server: &Server) -> Result<Self> {
        let program = xtask::ansible::programs()?.join("ansible-playbook");
        let play = Self {
            folder: folder.join("plays"),
            program,
        };
        fs::create_dir_all(play.connections())?;
        play.write(server)?;
        Ok(play)
    }

    /// Ends its connection, if there is one: what it was to is no more.
    pub(super) fn hang_up(&self) -> Result<()> {
        for entry in fs::read_dir(self.connections())? {
            let socket = entry?.path();
            let mut exit = Command::new("ssh");
            exit.args(["-O", "exit", "-o"])
                .arg(format!("ControlPath={}", socket.display()));
            // One that has ended by itself is as good.
            let _ = exit.arg("server").output()?;
            if socket.exists() {
                fs::remove_file(socket)?;
            }
        }
        Ok(())
    }

    fn connections(&self) -> PathBuf {
        self.folder.join("cp")
    }

    /// Runs one of the plays.
    pub(super) fn run(&self, name: &str, key: &str) -> Result<()> {
        let mut command = Command::new(&self.program);
        command
            .current_dir(&self.folder)
            .env("ANSIBLE_CONFIG", self.folder.join("ansible.cfg"));
        let variables = serde_json::json!({ "key": key }).to_string();
        command.args([
            "-i",
            "inventory",
            "--extra-vars",
            &variables,
            &format!("{name}.yaml"),
        ]);
        quietly(&mut command)
    }

    fn write(&self, server: &Server) -> Result<()> {
        let plays = [
            ("allocate-cold", [ALLOCATE, MANAGER].concat()),
            ("allocate-warm", ALLOCATE.to_owned()),
            ("deallocate-cold", [DEALLOCATE, COLD].concat()),
            ("deallocate-warm", [DEALLOCATE, WARM].concat()),
            ("bare", [BARE, ALLOCATE, MANAGER].concat()),
        ];
        for (name, tasks) in plays {
            let head = "- hosts: all\n  gather_facts: false\n  tasks:";
            self.file(
                &format!("{name}.yaml"),
                &format!("{head}{}\n", filled(&tasks)),
            )?;
        }
        for (name, script) in [("wipe.sh", floor::WIPE), ("proof.sh", floor::PROOF)] {
            self.file(name, &format!("#!/bin/bash -eu\n{}", filled(script)))?;
        }
        let control = "ssh_args = -F /dev/null -o ControlMaster=auto -o ControlPersist=600 -o IdentitiesOnly=yes";
        let hosts = server.known_hosts_path();
        let config = format!(
            "[defaults]\nremote_user = root\nprivate_key_file = {}\ninterpreter_python = /usr/bin/python3\n\
             [ssh_connection]\npipelining = true\n\
             control_path_dir = {}\n{control} -o UserKnownHostsFile={} \n",
            server.private_key_path().display(),
            self.connections().display(),
            hosts.display()
        );
        self.file("ansible.cfg", &config)?;
        self.file("inventory", &format!("{}\n", server.address()))
    }

    fn file(&self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.join(name);
        fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))
    }
}

fn quietly(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("failed to run {program}"))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        bail!(
            "{program} ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&said)
        );
    }
    ensure!(output.status.success());
    Ok(())
}
