//! The modes of the binary. The command line is a constant: everything else comes on stdin, from
//! the records, or from PAM.

mod people;
mod table;

use std::{
    io::{self, Read, Write},
    process::ExitCode,
};

use kloigos_model::host::{Line, Outcome, Progress, ScopeName};

use crate::{
    converge::{Stop, Work},
    fault::chain,
    guard::{self, Login},
    serve, state,
    sys::Host,
};

use people::Form;

/// The largest request: thousands of units.
const REQUEST_MAX: u64 = 16 << 20;

/// Runs a mode to its exit status.
pub fn run(host: &mut dyn Host, arguments: &[&str]) -> ExitCode {
    match arguments {
        [] => answer(host),
        ["boot"] => boot(host, &mut |line| eprintln!("{line}")),
        ["guard"] => guard(host),
        ["attest"] => people::attest(host, Form::Table),
        ["attest", "--json"] => people::attest(host, Form::Json),
        ["doctor"] => people::doctor(host),
        ["--version"] => {
            println!("kloigos-host {}", serve::VERSION);
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!(
                "usage: kloigos-host [attest [--json]|doctor|boot|guard|--version]; \
                 a request comes on stdin"
            );
            ExitCode::from(64)
        }
    }
}

/// Answers the request on stdin. When nobody reads the answer any more, the work goes on to its
/// end, and the status says so.
fn answer(host: &mut dyn Host) -> ExitCode {
    let mut text = Vec::new();
    if let Err(error) = io::stdin().take(REQUEST_MAX).read_to_end(&mut text) {
        eprintln!("failed to read the request: {error}");
        return ExitCode::from(Outcome::Fault.exit_code());
    }
    let mut written = Ok(());
    let outcome = serve::serve_text(host, &text, &mut |line| {
        if written.is_ok() {
            written = write_line(&line);
        }
    });
    match written {
        Ok(()) => ExitCode::from(outcome.exit_code()),
        Err(error) => {
            eprintln!("failed to write the answer: {error}");
            ExitCode::from(Outcome::Fault.exit_code())
        }
    }
}

fn write_line(line: &Line) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, line)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Redoes everything from the records. A unit that fails stays locked by the guard and does not
/// keep the others.
pub fn boot(host: &mut dyn Host, say: &mut dyn FnMut(&str)) -> ExitCode {
    let scopes = match state::scopes(host) {
        Ok(scopes) => scopes,
        Err(trouble) => {
            say(&chain(&trouble));
            return ExitCode::FAILURE;
        }
    };
    let mut all = true;
    for scope in scopes {
        let done = redo(host, &scope);
        if let Err(message) = &done {
            say(&format!("{scope}: {message}"));
        }
        if done.is_err() && scope == ScopeName::Server {
            return ExitCode::FAILURE;
        }
        all &= done.is_ok();
    }
    if all {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn redo(host: &mut dyn Host, scope: &ScopeName) -> Result<(), String> {
    let record = state::load(host, scope).map_err(|trouble| chain(&trouble))?;
    let Some(record) = record else {
        return Ok(());
    };
    let mut quiet = |_: Progress| {};
    let mut work = Work::new(host, &mut quiet, true);
    let scopes = [record.desired];
    let done = if record.removing {
        work.remove(&scopes)
    } else {
        work.apply(&scopes)
    };
    done.map_err(|Stop { outcome, fault }| match fault {
        Some(fault) => fault.message,
        None => outcome.to_string(),
    })
}

fn guard(host: &mut dyn Host) -> ExitCode {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let (user, stage) = (variable("PAM_USER"), variable("PAM_TYPE"));
    let login = Login {
        user: &user,
        stage: &stage,
    };
    match guard::lets(host, login) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(trouble) => {
            eprintln!("{}", chain(&trouble));
            ExitCode::from(1)
        }
    }
}
