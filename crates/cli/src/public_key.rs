//! The public keys of who is to be let in.

use std::path::{Path, PathBuf};

use crate::{contexts, failure::Failure, session::Session};

/// Where OpenSSH keeps them, the best kind first.
const USUAL: [&str; 3] = ["id_ed25519.pub", "id_ecdsa.pub", "id_rsa.pub"];

/// The lines of these files, or of the user's own key when none is named.
pub(crate) fn read(files: &[PathBuf], session: &Session) -> Result<String, Failure> {
    if files.is_empty() {
        let own = own()?;
        session.say(&format!("the key is {}", own.display()));
        return lines(&own);
    }
    let texts: Result<Vec<String>, Failure> = files.iter().map(|file| lines(file)).collect();
    Ok(texts?.join("\n"))
}

fn own() -> Result<PathBuf, Failure> {
    let home = std::env::var_os("HOME")
        .map(PathBuf::from)
        .unwrap_or_default();
    let mut keys = USUAL.iter().map(|name| home.join(".ssh").join(name));
    keys.find(|path| path.is_file()).ok_or_else(|| {
        Failure::usage("there is no public key in ~/.ssh")
            .or_try("--key FILE, or ssh-keygen -t ed25519")
    })
}

fn lines(file: &Path) -> Result<String, Failure> {
    let what = format!("read the public key {}", file.display());
    let text = contexts::read(file).map_err(|error| Failure::fault(&what, &error))?;
    if text.contains("PRIVATE KEY") {
        let cause = format!(
            "{} is a private key, which nobody is to be sent",
            file.display()
        );
        return Err(Failure::usage(cause).or_try(format!("--key {}.pub", file.display())));
    }
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.collect::<Vec<_>>().join("\n"))
}
