//! Sessions of browsers: who signed in with a token, until when.

use std::time::Duration;

use kloigos_store::{Operation, SessionRecord, TokenHash, Tx};

use super::Control;
use crate::{core::Core, refusal::Refusal};

impl Control {
    /// How long a session lasts; whoever works on signs in again after that.
    pub const SESSION: Duration = Duration::from_hours(7 * 24);

    /// Opens a session of this hash for the holder of the token of that hash; `None` when the
    /// token is not known.
    pub async fn sign_in(
        &self,
        token: &TokenHash,
        session: &TokenHash,
    ) -> Result<Option<SessionRecord>, Refusal> {
        let core = &self.core;
        let op = SignIn {
            core,
            token,
            session,
        };
        core.store.run(&op).await
    }

    /// The session of this hash, if there is one that is not over.
    pub async fn session_by_hash(
        &self,
        hash: &TokenHash,
    ) -> Result<Option<SessionRecord>, Refusal> {
        let core = &self.core;
        core.store.view(&SessionByHash { core, hash }).await
    }

    /// Ends the session of this hash. A repeat is no error.
    pub async fn sign_out(&self, session: &TokenHash) -> Result<(), Refusal> {
        self.core.store.run(&SignOut { session }).await
    }
}

struct SignIn<'a> {
    core: &'a Core,
    token: &'a TokenHash,
    session: &'a TokenHash,
}

impl Operation for SignIn<'_> {
    type Output = Option<SessionRecord>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        let Some(token) = tx.token_by_hash(self.token).await? else {
            return Ok(None);
        };
        let world = &self.core.world;
        let expires_at = world.after(Control::SESSION);
        tx.insert_session(self.session, token.id, world.now(), expires_at)
            .await?;
        Ok(Some(SessionRecord { token, expires_at }))
    }
}

struct SessionByHash<'a> {
    core: &'a Core,
    hash: &'a TokenHash,
}

impl Operation for SessionByHash<'_> {
    type Output = Option<SessionRecord>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        Ok(tx.session_by_hash(self.hash, self.core.world.now()).await?)
    }
}

struct SignOut<'a> {
    session: &'a TokenHash,
}

impl Operation for SignOut<'_> {
    type Output = ();
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Refusal> {
        Ok(tx.remove_session(self.session).await?)
    }
}
