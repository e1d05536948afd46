//! Who is signed in.

use kloigos_control::SessionRecord;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Caller;

/// Who calls, and until when.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SessionView {
    /// Whether the caller may do anything else.
    pub signed_in: bool,
    /// What the token is called; null where calls need none, and for nobody.
    #[schema(required = true)]
    pub name: Option<String>,
    /// When the session is over; null when the caller has none.
    #[schema(required = true, format = DateTime)]
    pub expires_at: Option<String>,
}

impl SessionView {
    /// What this caller is shown.
    pub(crate) fn of(caller: Option<&Caller>, expires_at: Option<impl ToString>) -> Self {
        let name = match caller {
            Some(Caller::Token(token)) => Some(token.name.clone()),
            Some(Caller::Anybody) | None => None,
        };
        Self {
            signed_in: caller.is_some(),
            name,
            expires_at: expires_at.map(|at| at.to_string()),
        }
    }
}

impl From<SessionRecord> for SessionView {
    fn from(session: SessionRecord) -> Self {
        Self::of(
            Some(&Caller::Token(session.token)),
            Some(session.expires_at),
        )
    }
}
