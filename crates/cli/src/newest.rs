//! Long lists, of which the newest are asked for. Where that leaves some out, it is said.

use serde_json::Value;

use crate::{
    api::Call, arguments::Listing, columns::Columns, failure::Failure, safe, session::Session,
};

/// No answer has more rows.
const MOST: u32 = 1000;

/// How much of a long list is wanted.
pub(crate) struct Newest {
    /// As it was asked for.
    pub(crate) limit: Option<u32>,
    /// Where nobody said.
    pub(crate) usual: u32,
    /// Whether `--before` and the id of the last one ask for the next page.
    pub(crate) paged: bool,
}

impl Newest {
    /// Prints what a call answers.
    pub(crate) fn list(
        &self,
        session: &Session,
        call: Call,
        columns: Columns,
        listing: &Listing,
    ) -> Result<(), Failure> {
        let limit = self.limit.unwrap_or(self.usual);
        // One more tells whether there are more.
        let asked = match limit {
            1..MOST => limit + 1,
            other => other,
        };
        let mut rows = session.get(&call.query("limit", Some(asked.to_string())))?;
        let more = is_cut(&mut rows, limit as usize);
        session.list(&rows, columns, listing)?;
        // Who gave a limit to a script knows that it is one.
        if more && (self.limit.is_none() || session.terminal.live) {
            eprintln!("{}", safe::line(&self.more(&rows, limit)));
        }
        Ok(())
    }

    fn more(&self, rows: &Value, limit: u32) -> String {
        let last = rows.as_array().and_then(|rows| rows.last());
        let page = match last.map(|last| &last["id"]) {
            Some(Value::String(id)) if self.paged => format!(", --before {id} the next ones"),
            Some(Value::Number(id)) if self.paged => format!(", --before {id} the next ones"),
            _ => String::new(),
        };
        format!("these are of the newest {limit}, and there are more: --limit asks for more{page}")
    }
}

/// Cuts rows to so many; whether there were more.
fn is_cut(rows: &mut Value, limit: usize) -> bool {
    let Some(rows) = rows.as_array_mut() else {
        return false;
    };
    let more = rows.len() > limit;
    rows.truncate(limit);
    more
}
