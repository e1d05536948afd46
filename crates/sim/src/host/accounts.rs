//! shadow-utils and getent(1), over the machine's own files.

use kloigos_host::sys::Output;

use super::{
    SimHost,
    commands::{failed, printed},
};

const PASSWD: &str = "/etc/passwd";
const GROUP: &str = "/etc/group";
const SHADOW: &str = "/etc/shadow";
/// What login.defs(5) of this site says: passwords are changed every two months.
const PASS_MAX_DAYS: &str = "60";

impl SimHost {
    pub(super) fn change_accounts(&mut self, words: &[&str]) -> Output {
        let before = [PASSWD, GROUP, SHADOW].map(|path| (path, self.tree.text(path).to_owned()));
        let done = match words[0] {
            "groupadd" => self.groupadd(words),
            "groupdel" => self.groupdel(words),
            "useradd" => self.useradd(words),
            "usermod" => self.usermod(words),
            "chage" => self.chage(words),
            _ => self.userdel(words),
        };
        match done {
            Ok(()) => {
                self.back_up(before);
                printed("")
            }
            Err((code, complaint)) => failed(code, format!("{}: {complaint}\n", words[0])),
        }
    }

    /// The state before is kept beside each file that changed.
    fn back_up(&mut self, before: [(&str, String); 3]) {
        for (path, body) in before {
            if self.tree.text(path) != body {
                self.tree.edit(&format!("{path}-"), body);
            }
        }
    }

    fn groupadd(&mut self, words: &[&str]) -> Result<(), (i32, String)> {
        let name = last(words);
        if self.line(GROUP, name).is_some() {
            return Err((9, format!("group '{name}' already exists")));
        }
        let gid = match option(words, "--gid") {
            Some(gid) => gid.to_owned(),
            None => self.free_system_gid(),
        };
        if self.has_number(GROUP, &gid) {
            return Err((4, format!("GID '{gid}' already exists")));
        }
        self.append(GROUP, &format!("{name}:x:{gid}:"));
        Ok(())
    }

    fn free_system_gid(&self) -> String {
        let numbers = (100..1000).rev().map(|gid: u32| gid.to_string());
        let mut free = numbers
            .into_iter()
            .filter(|gid| !self.has_number(GROUP, gid));
        free.next().unwrap_or_default()
    }

    fn groupdel(&mut self, words: &[&str]) -> Result<(), (i32, String)> {
        let name = last(words);
        let Some(line) = self.line(GROUP, name) else {
            return Err((6, format!("group '{name}' does not exist")));
        };
        let gid = field(&line, 2);
        if self
            .tree
            .text(PASSWD)
            .lines()
            .any(|user| field(user, 3) == gid)
        {
            return Err((
                8,
                format!("cannot remove the primary group of a user '{name}'"),
            ));
        }
        self.drop_line(GROUP, name);
        Ok(())
    }

    fn useradd(&mut self, words: &[&str]) -> Result<(), (i32, String)> {
        let name = last(words);
        let value = |name| option(words, name).unwrap_or_default();
        let uid = value("--uid");
        if self.line(PASSWD, name).is_some() || self.has_number(PASSWD, uid) {
            return Err((4, format!("'{name}' or UID {uid} is not unique")));
        }
        let (gid, gecos) = (value("--gid"), value("--comment"));
        let (home, shell) = (value("--home-dir"), value("--shell"));
        self.append(
            PASSWD,
            &format!("{name}:x:{uid}:{gid}:{gecos}:{home}:{shell}"),
        );
        self.drop_line(SHADOW, name);
        let password = value("--password");
        let ages = !words.contains(&"PASS_MAX_DAYS=-1");
        let max_days = if ages { PASS_MAX_DAYS } else { "" };
        self.append(
            SHADOW,
            &format!("{name}:{password}:20000:0:{max_days}:7:::"),
        );
        self.leave_all(name);
        self.join(name, value("--groups"));
        Ok(())
    }

    /// What an account's age is kept in becomes empty.
    fn chage(&mut self, words: &[&str]) -> Result<(), (i32, String)> {
        let name = last(words);
        let Some(line) = self.line(SHADOW, name) else {
            return Err((1, format!("user '{name}' does not exist in {PASSWD}")));
        };
        let mut fields: Vec<&str> = line.split(':').collect();
        for (option, field) in [("--lastday", 2), ("--maxdays", 4), ("--expiredate", 7)] {
            if words.contains(&option) {
                fields[field] = "";
            }
        }
        self.replace_line(SHADOW, name, &fields.join(":"));
        Ok(())
    }

    fn usermod(&mut self, words: &[&str]) -> Result<(), (i32, String)> {
        let name = last(words);
        let Some(line) = self.line(PASSWD, name) else {
            return Err((6, format!("user '{name}' does not exist")));
        };
        let value = |name| option(words, name).unwrap_or_default();
        let (uid, gid, gecos) = (
            field(&line, 2).to_owned(),
            value("--gid"),
            value("--comment"),
        );
        let (home, shell) = (value("--home"), value("--shell"));
        let line = format!("{name}:x:{uid}:{gid}:{gecos}:{home}:{shell}");
        self.replace_line(PASSWD, name, &line);
        let age = self.line(SHADOW, name);
        let age = age.as_deref().and_then(|line| line.splitn(4, ':').nth(3));
        let age = age.unwrap_or("0::7:::").to_owned();
        self.drop_line(SHADOW, name);
        let password = value("--password");
        self.append(SHADOW, &format!("{name}:{password}:20000:{age}"));
        self.leave_all(name);
        self.join(name, value("--groups"));
        Ok(())
    }

    /// The user's own group goes too, as Debian's login.defs has it.
    fn userdel(&mut self, words: &[&str]) -> Result<(), (i32, String)> {
        let name = last(words);
        let Some(line) = self.line(PASSWD, name) else {
            return Err((6, format!("user '{name}' does not exist")));
        };
        let uid = field(&line, 2).parse().unwrap_or(u32::MAX);
        if self.processes.values().any(|process| process.uid == uid) {
            return Err((8, format!("user {name} is currently used by process 1")));
        }
        self.drop_line(PASSWD, name);
        self.drop_line(SHADOW, name);
        self.leave_all(name);
        let own = self.line(GROUP, name);
        if own.is_some_and(|own| field(&own, 2) == field(&line, 3)) {
            self.drop_line(GROUP, name);
        }
        Ok(())
    }

    pub(super) fn getent(&self, database: &str, keys: &[&str]) -> Output {
        let text = self
            .tree
            .text(if database == "group" { GROUP } else { PASSWD });
        if keys.is_empty() {
            return printed(text);
        }
        let lines = text.lines().filter(|line| {
            let named = keys.contains(&field(line, 0));
            named || keys.contains(&field(line, 2))
        });
        let found = lines.fold(String::new(), |found, line| found + line + "\n");
        let code = if found.is_empty() { 2 } else { 0 };
        Output {
            code,
            ..printed(found)
        }
    }

    fn line(&self, path: &str, name: &str) -> Option<String> {
        let mut lines = self.tree.text(path).lines();
        lines.find(|line| field(line, 0) == name).map(str::to_owned)
    }

    fn has_number(&self, path: &str, number: &str) -> bool {
        self.tree
            .text(path)
            .lines()
            .any(|line| field(line, 2) == number)
    }

    fn append(&mut self, path: &str, line: &str) {
        let text = format!("{}{line}\n", self.tree.text(path));
        self.tree.edit(path, text);
    }

    fn drop_line(&mut self, path: &str, name: &str) {
        self.map_lines(path, |line| {
            (field(line, 0) != name).then(|| line.to_owned())
        });
    }

    fn replace_line(&mut self, path: &str, name: &str, new: &str) {
        self.map_lines(path, |line| {
            let its = field(line, 0) == name;
            Some(if its { new } else { line }.to_owned())
        });
    }

    fn map_lines(&mut self, path: &str, map: impl Fn(&str) -> Option<String>) {
        let lines = self.tree.text(path).lines().filter_map(map);
        let text = lines.fold(String::new(), |text, line| text + &line + "\n");
        self.tree.edit(path, text);
    }

    fn join(&mut self, user: &str, group: &str) {
        self.map_lines(GROUP, |line| {
            if field(line, 0) != group {
                return Some(line.to_owned());
            }
            let comma = if field(line, 3).is_empty() { "" } else { "," };
            Some(format!("{line}{comma}{user}"))
        });
    }

    fn leave_all(&mut self, user: &str) {
        self.map_lines(GROUP, |line| {
            let (head, members) = line.rsplit_once(':')?;
            let members: Vec<&str> = members
                .split(',')
                .filter(|member| *member != user)
                .collect();
            Some(format!("{head}:{}", members.join(",")))
        });
    }
}

fn last<'a>(words: &[&'a str]) -> &'a str {
    words.last().copied().unwrap_or_default()
}

fn option<'a>(words: &[&'a str], name: &str) -> Option<&'a str> {
    let at = words.iter().position(|word| *word == name)?;
    words.get(at + 1).copied()
}

fn field(line: &str, index: usize) -> &str {
    line.split(':').nth(index).unwrap_or_default()
}
