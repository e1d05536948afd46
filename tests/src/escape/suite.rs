//! Runs attempts and tells what came of each.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;

use super::{
    Attempt, Channel, Judge, Stage,
    program::{Batches, script},
};

/// What came of an attempt.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Which attempt.
    pub attempt: Attempt,
    /// In a word.
    pub word: String,
}

impl Outcome {
    /// Whether it was made at all, and to its end.
    pub fn is_told(&self) -> bool {
        let word = &self.word;
        !(word == "was not run" || word == "hangs" || word.starts_with("fault"))
    }

    /// Whether it is what it should be on the stage's release.
    pub fn is_expected(&self, stage: &Stage) -> bool {
        self.attempt.expected(stage.release()).allows(&self.word)
    }
}

/// What a script told: a word, and what it noted for a judge.
#[derive(Debug, Clone)]
struct Told {
    outcome: String,
    notes: Value,
}

type Telling = BTreeMap<String, Told>;

/// Makes these attempts, those of a channel in one go. Each is told of, whatever it did.
pub fn run(stage: &Stage, attempts: &[Attempt]) -> Result<Vec<Outcome>> {
    let by_client = |attempt: &&&Attempt| attempt.channel == Channel::Client;
    let (client, launched): (Vec<&Attempt>, Vec<&Attempt>) =
        attempts.iter().partition(|attempt| by_client(&attempt));
    let made = tell(&stage.attack(&batches(&launched))?)?;
    let judged = judge(stage, &launched, &made)?;
    let mut outcomes = Vec::new();
    for attempt in &launched {
        let word = match attempt.judge {
            None => word(&made, attempt),
            Some(Judge::Host(_)) => word(&judged, attempt),
            Some(Judge::Client(script)) => stage.ask_from_outside(script)?,
        };
        outcomes.push(outcome(attempt, word));
    }
    for attempt in &client {
        outcomes.push(outcome(attempt, stage.ask_from_outside(attempt.script)?));
    }
    stage.sweep(made.values().map(|told| &told.notes))?;
    Ok(outcomes)
}

/// Makes these attempts as root: what only the kernel's own checks stand against must succeed.
pub fn run_as_root(stage: &Stage, attempts: &[Attempt]) -> Result<Vec<Outcome>> {
    let scripts = attempts
        .iter()
        .map(|attempt| script(attempt.id, attempt.script, &Value::Null));
    let batches = Batches::from([(Channel::Ssh, scripts.collect())]);
    let made = tell(&stage.judge(&batches)?)?;
    Ok(attempts
        .iter()
        .map(|attempt| outcome(attempt, word(&made, attempt)))
        .collect())
}

fn outcome(attempt: &Attempt, word: String) -> Outcome {
    println!("   {:<44} {word}", attempt.id);
    Outcome {
        attempt: *attempt,
        word,
    }
}

fn word(told: &Telling, attempt: &Attempt) -> String {
    let told = told.get(attempt.id);
    told.map_or("was not run", |told| &told.outcome).to_owned()
}

fn batches(attempts: &[&Attempt]) -> Batches {
    let mut batches = Batches::new();
    for attempt in attempts {
        let channel = match attempt.channel {
            Channel::Cron | Channel::At | Channel::Client => Channel::Ssh,
            launched => launched,
        };
        let one = script(
            attempt.id,
            attempt.script,
            &Value::Object(serde_json::Map::new()),
        );
        batches.entry(channel).or_default().push(one);
    }
    batches
}

/// Lets root look at what lingers.
fn judge(stage: &Stage, attempts: &[&Attempt], made: &Telling) -> Result<Telling> {
    let mut scripts = Vec::new();
    for attempt in attempts {
        if let Some(Judge::Host(text)) = attempt.judge {
            let told = made.get(attempt.id);
            let notes = told.map_or(Value::Null, |told| told.notes.clone());
            let told = told.map_or("was not run", |told| &told.outcome);
            // What could not even be begun is told as it is.
            let begun = ["lingers", "done"].contains(&told);
            let said = format!("say({})", Value::String(told.to_owned()));
            scripts.push(script(attempt.id, if begun { text } else { &said }, &notes));
        }
    }
    if scripts.is_empty() {
        return Ok(Telling::new());
    }
    tell(&stage.judge(&Batches::from([(Channel::Ssh, scripts)]))?)
}

/// Reads what the program printed, a line of JSON for each attempt. A line without an id tells of a
/// channel that did not work; its attempts are not told of.
fn tell(text: &str) -> Result<Telling> {
    let mut telling = Telling::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).with_context(|| line.to_owned())?;
        let id = line["id"].as_str().context("no id")?.to_owned();
        let outcome = line["outcome"].as_str().context("no outcome")?.to_owned();
        if id.is_empty() {
            eprintln!("   a channel did not work: {outcome}");
            continue;
        }
        let notes = line["notes"].clone();
        telling.insert(id, Told { outcome, notes });
    }
    Ok(telling)
}
