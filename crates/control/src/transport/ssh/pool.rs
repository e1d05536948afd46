//! Warm connections, one for each server and login.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use kloigos_model::names::LoginName;
use tokio::time::Instant;

use super::{SshSettings, Target, TransportError, connection::Connection};

type Address = (IpAddr, u16, Option<LoginName>);

/// All connections.
pub(super) struct Pool {
    settings: Arc<SshSettings>,
    places: Mutex<HashMap<Address, Arc<Place>>>,
}

/// Where the connection to one server is, or will be.
#[derive(Default)]
struct Place {
    kept: tokio::sync::Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    connection: Option<Arc<Connection>>,
    last_used: Option<Instant>,
    /// When the last try to make one failed, and why.
    failed: Option<(Instant, TransportError)>,
}

impl Pool {
    pub(super) fn new(settings: Arc<SshSettings>) -> Self {
        Self {
            settings,
            places: Mutex::default(),
        }
    }

    /// The connection to this server, made if there is none. Who comes while it is made waits for
    /// it, and shares also its failure.
    pub(super) async fn take(&self, target: &Target) -> Result<Arc<Connection>, TransportError> {
        let asked = Instant::now();
        let place = self.place(target);
        let mut kept = place.kept.lock().await;
        kept.last_used = Some(Instant::now());
        if let Some(connection) = kept.usable(target) {
            return Ok(connection);
        }
        match &kept.failed {
            Some((when, error)) if *when >= asked => return Err(error.clone()),
            _ => kept.failed = None,
        }
        match Connection::make(target, &self.settings).await {
            Ok(connection) => {
                let connection = Arc::new(connection);
                kept.connection = Some(connection.clone());
                self.let_go_when_idle(&place);
                Ok(connection)
            }
            Err(error) => {
                kept.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    /// Lets go of a connection that failed; the next call makes a new one.
    pub(super) async fn drop_connection(&self, target: &Target, failed: &Arc<Connection>) {
        let place = self.place(target);
        let mut kept = place.kept.lock().await;
        let same = |kept: &Arc<Connection>| Arc::ptr_eq(kept, failed);
        if kept.connection.as_ref().is_some_and(same) {
            kept.connection = None;
        }
        failed.end().await;
    }

    /// How many are open.
    pub(super) async fn open(&self) -> usize {
        let places: Vec<Arc<Place>> = self.places().values().cloned().collect();
        let mut open = 0;
        for place in places {
            let kept = place.kept.lock().await;
            open += usize::from(
                kept.connection
                    .as_ref()
                    .is_some_and(|kept| !kept.is_closed()),
            );
        }
        open
    }

    fn place(&self, target: &Target) -> Arc<Place> {
        let address = (target.ip, target.port, target.user.clone());
        self.places().entry(address).or_default().clone()
    }

    fn places(&self) -> MutexGuard<'_, HashMap<Address, Arc<Place>>> {
        // A map of places is whole after any panic.
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the connection of a place when nobody has used it for the idle limit.
    fn let_go_when_idle(&self, place: &Arc<Place>) {
        let (place, idle) = (Arc::downgrade(place), self.settings.idle);
        tokio::spawn(async move {
            let mut until = Instant::now() + idle;
            loop {
                tokio::time::sleep_until(until).await;
                match still_used(&place, idle).await {
                    Some(later) => until = later,
                    None => return,
                }
            }
        });
    }
}

/// Until when the place's connection is kept at least; `None` when there is none any more.
async fn still_used(place: &Weak<Place>, idle: std::time::Duration) -> Option<Instant> {
    let place = place.upgrade()?;
    let mut kept = place.kept.lock().await;
    let connection = kept.connection.clone().filter(|kept| !kept.is_closed())?;
    let until = kept.last_used.unwrap_or_else(Instant::now) + idle;
    let now = Instant::now();
    // The place has one, and so have we; whoever uses it has another.
    if Arc::strong_count(&connection) > 2 {
        return Some(now + idle);
    }
    if until > now {
        return Some(until);
    }
    kept.connection = None;
    connection.end().await;
    None
}

impl Kept {
    /// The connection that is there, if it is alive and of the server that is meant.
    fn usable(&mut self, target: &Target) -> Option<Arc<Connection>> {
        let alive =
            |kept: &Arc<Connection>| !kept.is_closed() && target.judge(kept.host_key()).is_ok();
        self.connection = self.connection.take().filter(alive);
        self.connection.clone()
    }
}
