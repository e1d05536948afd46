//! One run of the program: a control plane to ask and a way to print.

use serde_json::Value;

use crate::{
    api::{Answer, Api, Call},
    arguments::{Common, Listing, Working},
    columns::Columns,
    contexts,
    failure::Failure,
    follow,
    output::{Output, print},
    pager, safe,
    terminal::Terminal,
};

/// What every verb has in its hand.
pub(crate) struct Session {
    pub(crate) api: Api,
    pub(crate) output: Output,
    pub(crate) terminal: Terminal,
    /// Whether long answers are shown a screen at a time.
    paged: bool,
}

impl Session {
    pub(crate) fn open(common: &Common) -> Result<Self, Failure> {
        let terminal = Terminal::new(common.output.color);
        let place = contexts::resolve(&common.asked)?;
        Ok(Self {
            api: Api::new(place)?,
            output: Output::new(common.output.output, terminal.color),
            terminal,
            paged: !common.output.no_pager,
        })
    }

    /// The answer to a call that changes nothing.
    pub(crate) fn get(&self, call: &Call) -> Result<Value, Failure> {
        Ok(self.api.send(call)?.body)
    }

    /// Prints one thing.
    pub(crate) fn show(&self, value: &Value, columns: Columns) -> Result<(), Failure> {
        self.page(&self.output.one(value, columns)?)
    }

    /// Prints what may be long.
    pub(crate) fn page(&self, text: &str) -> Result<(), Failure> {
        pager::show(text, self.paged)
    }

    /// Prints a list.
    pub(crate) fn list(
        &self,
        rows: &Value,
        columns: Columns,
        listing: &Listing,
    ) -> Result<(), Failure> {
        self.page(&self.output.list(rows, columns, listing)?)
    }

    /// Begins work and follows it to its end; what then is, is what `after` says.
    pub(crate) fn work(
        &self,
        call: Call,
        working: &Working,
        after: impl FnOnce(&Value) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let call = call.query("wait", Some("false"));
        if working.dry_run {
            return self.rehearse(&call);
        }
        let answer = self.begin(call, working)?;
        // What is done at once has no job.
        let job = answer.job.as_deref().or(answer.body["id"].as_str());
        let Some(job) = job else {
            return after(&Value::Null);
        };
        if working.no_wait {
            return print(&format!("{}\n", safe::line(job)));
        }
        after(&follow::to_success(self, job, working.timeout)?)
    }

    fn begin(&self, call: Call, working: &Working) -> Result<Answer, Failure> {
        self.api
            .send(&call.repeatable(working.idempotency_key.as_deref()))
    }

    /// Shows a call instead of making it.
    pub(crate) fn rehearse(&self, call: &Call) -> Result<(), Failure> {
        print(&self.output.one(&call.describe(), Columns::FREE)?)
    }

    /// Says something on the way, where somebody looks.
    pub(crate) fn say(&self, text: &str) {
        if self.terminal.live {
            eprintln!("{}", safe::line(text));
        }
    }
}
