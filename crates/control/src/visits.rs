//! Visits to servers that did not answer, so that they are used again when they do.

use std::sync::Arc;

use kloigos_model::{
    host::Request,
    server::{Health, ServerStatus},
};
use kloigos_store::{Operation, ServerRecord, Tx};

use crate::{
    core::Core,
    jobs::{Fault, note_visit},
    reply::Reply,
    target,
};

/// Looks again and again at what is unreachable. Ends with the task it runs in.
pub(crate) async fn go_round(core: Arc<Core>) {
    loop {
        if let Err(fault) = round(&core).await {
            tracing::error!(error = &fault as &dyn std::error::Error, "visits failed");
        }
        core.world.sleep(core.settings.revisit).await;
    }
}

/// One visit to each ready server that did not answer last time.
async fn round(core: &Arc<Core>) -> Result<(), Fault> {
    let mut visits = tokio::task::JoinSet::new();
    for server in core.store.view(&Unreachable).await? {
        if server.status == ServerStatus::Ready {
            let core = core.clone();
            visits.spawn(async move { visit(&core, server).await });
        }
    }
    while let Some(visited) = visits.join_next().await {
        if let Ok(visited) = visited {
            visited?;
        }
    }
    Ok(())
}

async fn visit(core: &Core, server: ServerRecord) -> Result<(), Fault> {
    let target = target::of_server(&server, &core.settings);
    let answer = core
        .transport
        .call(&target, &Request::Facts, &mut |_| {})
        .await;
    let reply = Reply::of(answer, &target, &core.settings);
    core.store
        .run(&Note {
            core,
            server: &server,
            reply: &reply,
        })
        .await
}

struct Unreachable;

impl Operation for Unreachable {
    type Output = Vec<ServerRecord>;
    type Refusal = Fault;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Fault> {
        Ok(tx.servers_of_health(Health::Unreachable).await?)
    }
}

struct Note<'a> {
    core: &'a Core,
    server: &'a ServerRecord,
    reply: &'a Reply,
}

impl Operation for Note<'_> {
    type Output = ();
    type Refusal = Fault;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        Ok(note_visit(tx, self.core, self.server, self.reply).await?)
    }
}
