//! The control planes that are remembered, each with a token, in a file that nobody else reads.

use std::{
    collections::BTreeMap,
    fmt, fs,
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    api::encoded,
    arguments::Asked,
    failure::{Failure, Kind},
};

/// Where one is found that nobody named.
const USUAL: &str = "http://127.0.0.1:8000";

/// A token; not shown by accident.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Token(String);

impl Token {
    /// The token of this text; surrounding white space is none of it.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let text = text.trim();
        let sound = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if sound && text.len() <= 4096 {
            return Ok(Self(text.to_owned()));
        }
        Err(Failure::usage("a token is one word of visible characters"))
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// A control plane, as whom it is called, and whom to believe that it is it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// What it is called, where it is remembered.
    pub(crate) context: Option<String>,
    /// Without a slash at its end.
    pub(crate) url: String,
    pub(crate) token: Option<Token>,
    pub(crate) ca_file: Option<PathBuf>,
}

impl Place {
    /// The name of its own file of this kind: after the context, else after the address. No two
    /// have the same one, and it has nothing that a path or OpenSSH could read as more.
    pub(crate) fn file(&self, kind: &str) -> String {
        let name = self.context.as_deref().unwrap_or(&self.url);
        format!("{kind}-{}", encoded(name).replace('%', "+"))
    }
}

/// One that is remembered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Context {
    pub(crate) url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<Token>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ca_file: Option<PathBuf>,
}

/// All of them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Contexts {
    /// The one that is used when none is named.
    #[serde(default)]
    pub(crate) current: Option<String>,
    #[serde(default)]
    pub(crate) contexts: BTreeMap<String, Context>,
}

impl Contexts {
    /// What the file says; nothing when there is none, or no home that would have one.
    pub(crate) fn load() -> Result<Self, Failure> {
        let Ok(path) = path() else {
            return Ok(Self::default());
        };
        let failed =
            |error: &dyn fmt::Display| Failure::fault(&format!("read {}", path.display()), error);
        let file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(failed(&error)),
        };
        let mode = file
            .metadata()
            .map_err(|e| failed(&e))?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            let cause = format!("{} holds tokens and others may read it", path.display());
            return Err(
                Failure::new(Kind::Fault, cause).or_try(format!("chmod 600 {}", path.display()))
            );
        }
        serde_json::from_reader(io::BufReader::new(file)).map_err(|error| failed(&error))
    }

    /// Puts it in the file's place, whole or not at all.
    pub(crate) fn save(&self) -> Result<(), Failure> {
        let path = path()?;
        let failed =
            |error: &dyn fmt::Display| Failure::fault(&format!("write {}", path.display()), error);
        let text = serde_json::to_string_pretty(self).map_err(|e| failed(&e))?;
        replace(&path, text.as_bytes()).map_err(|e| failed(&e))
    }

    /// The one that is meant: by its name, else by the address, else the current one.
    fn meant<'a>(
        &'a self,
        name: Option<&'a str>,
        url: Option<&str>,
    ) -> Result<Option<(&'a str, &'a Context)>, Failure> {
        let current = self.current.as_deref();
        let is_at = |name: &&str, url: &str| {
            let known = self.contexts.get(*name);
            known.is_some_and(|known| known.url == url)
        };
        let name = match (name, url.map(trimmed)) {
            (Some(name), _) => Some(name),
            (None, None) => current,
            (None, Some(url)) => {
                let names = self.contexts.keys().map(String::as_str);
                current
                    .into_iter()
                    .chain(names)
                    .find(|name| is_at(name, url))
            }
        };
        name.map(|name| Ok((name, self.find(name)?))).transpose()
    }

    /// The one of this name.
    pub(crate) fn find(&self, name: &str) -> Result<&Context, Failure> {
        if let Some(known) = self.contexts.get(name) {
            return Ok(known);
        }
        // Where there is no place for any, that is why.
        path()?;
        let missing = Failure::new(Kind::NotFound, format!("there is no context {name:?}"));
        Err(missing.or_try("kloigos context list"))
    }
}

/// A file of mode 600, in a folder that is made if it is not there.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    // A temporary file is made with mode 600.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// The folder of the file, which also holds the host keys of exported units.
pub(crate) fn folder() -> Result<PathBuf, Failure> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let base = set("XDG_CONFIG_HOME").map(PathBuf::from);
    let base = base.or_else(|| Some(PathBuf::from(set("HOME")?).join(".config")));
    let base =
        base.ok_or_else(|| Failure::new(Kind::Fault, "neither HOME nor XDG_CONFIG_HOME is set"))?;
    Ok(base.join("kloigos"))
}

fn path() -> Result<PathBuf, Failure> {
    match std::env::var_os("KLOIGOS_CONFIG").filter(|value| !value.is_empty()) {
        Some(path) => Ok(path.into()),
        None => Ok(folder()?.join("contexts.json")),
    }
}

/// The control plane that is asked: as the command line says, else the context that it names, else
/// the environment, else the current context.
pub(crate) fn resolve(asked: &Asked) -> Result<Place, Failure> {
    let known = Contexts::load()?;
    // A context that the command line names is meant whole. What the environment has may be meant
    // for another one, such as its token.
    let whole = asked.typed.context.is_some();
    let said = if whole {
        asked.typed.clone()
    } else {
        asked.typed.clone().or(asked.ambient.clone())
    };
    let context = known.meant(said.context.as_deref(), said.url.as_deref())?;
    let url = said.url.as_deref();
    let url = url.or(context.map(|(_, known)| known.url.as_str()));
    let url = address(url.unwrap_or(USUAL))?;
    let ours = context.filter(|(_, known)| known.url == url);
    let given = match said.token_file {
        None if whole => None,
        file => given_token(file.as_deref())?,
    };
    Ok(Place {
        context: ours.map(|(name, _)| name.to_owned()),
        token: given.or_else(|| ours.and_then(|(_, known)| known.token.clone())),
        ca_file: said
            .ca_file
            .or_else(|| ours.and_then(|(_, known)| known.ca_file.clone())),
        url,
    })
}

fn trimmed(url: &str) -> &str {
    url.trim_end_matches('/')
}

/// An address that a token may be sent to: encrypted, or on this machine.
pub(crate) fn address(url: &str) -> Result<String, Failure> {
    let url = trimmed(url);
    let parsed: ureq::http::Uri = url
        .parse()
        .map_err(|error| Failure::usage(format!("{url:?} is no address: {error}")))?;
    let sound = parsed.host().is_some() && parsed.path_and_query().is_none_or(|rest| rest == "/");
    let plain = parsed
        .authority()
        .is_some_and(|authority| !authority.as_str().contains('@'));
    match parsed.scheme_str() {
        Some("https") if sound && plain => Ok(url.to_owned()),
        Some("http") if sound && plain && (is_loopback(&parsed) || plain_allowed()) => {
            Ok(url.to_owned())
        }
        Some("http") if sound && plain => Err(Failure::usage(format!(
            "{url} is another machine and not encrypted; a token sent there can be read on the way"
        ))
        .or_try("https://, an SSH tunnel to it, or KLOIGOS_PLAIN_HTTP=1 on a network you trust")),
        _ => Err(Failure::usage(format!(
            "{url:?} is no address of a control plane; one is like https://kloigos.example"
        ))),
    }
}

fn plain_allowed() -> bool {
    std::env::var_os("KLOIGOS_PLAIN_HTTP").is_some_and(|value| value == "1")
}

fn is_loopback(url: &ureq::http::Uri) -> bool {
    let host = url.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address: Result<std::net::IpAddr, _> = host.parse();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// The token of a file, of stdin, or of the environment.
pub(crate) fn given_token(file: Option<&Path>) -> Result<Option<Token>, Failure> {
    if let Some(file) = file {
        let what = format!("read the token from {}", file.display());
        let text = read(file).map_err(|error| Failure::fault(&what, &error))?;
        return Token::parse(&text).map(Some);
    }
    match std::env::var("KLOIGOS_TOKEN") {
        Ok(text) if !text.is_empty() => Token::parse(&text).map(Some),
        _ => Ok(None),
    }
}

/// A file's text, or that of stdin for `-`.
pub(crate) fn read(file: &Path) -> io::Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    fs::read_to_string(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_only_where_nobody_else_reads_it() {
        for sound in [
            "http://127.0.0.1:8000",
            "http://[::1]:1/",
            "https://a.example",
            "http://localhost",
        ] {
            assert_eq!(address(sound).expect(sound), sound.trim_end_matches('/'));
        }
        for not in [
            "http://a.example",
            "http://127.0.0.1.a.example",
            "ftp://a",
            "a.example",
            "https://user:secret@a.example",
            "https://a.example/path",
            "http://127.0.0.1@b.example",
        ] {
            assert!(address(not).is_err(), "{not}");
        }
    }

    #[test]
    fn a_token_is_never_shown() {
        let token = Token::parse(" secret\n").expect("a token");
        assert_eq!(token.reveal(), "secret");
        assert_eq!(format!("{token:?}"), "…");
        for not in ["", "a b", "a\nb", "ä"] {
            assert!(Token::parse(not).is_err(), "{not:?}");
        }
    }
}
