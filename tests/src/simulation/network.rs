//! What lies between control planes and servers. A request that was sent goes its own way: it is
//! carried out, or not, whatever becomes of whoever sent it.

use std::{net::IpAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use kloigos_control::transport::{Answer, Target, Transport, TransportError};
use kloigos_model::host::{Outcome, Progress, Request};
use kloigos_sim::fleet::{Mishap, SimFleet, address};
use tokio::sync::oneshot;

use super::{
    dice::Dice,
    history::History,
    life::Life,
    servers::{Before, Servers},
    time::Time,
    weather::Weather,
};

/// The network of a world.
pub(super) struct Network {
    pub(super) fleet: SimFleet,
    pub(super) servers: Arc<Servers>,
    pub(super) weather: Arc<Weather>,
    pub(super) dice: Arc<Dice>,
    pub(super) time: Time,
    pub(super) history: History,
}

/// One control plane's end of it.
pub(super) struct Wire {
    pub(super) network: Arc<Network>,
    pub(super) life: Arc<Life>,
    pub(super) name: String,
}

/// What becomes of a request.
#[derive(Default)]
struct Fate {
    /// When it is carried out, if it is.
    arrives: Option<Duration>,
    /// When it is carried out once more.
    again: Option<Duration>,
    /// How long the answer takes, if it comes.
    answered: Option<Duration>,
    /// When the sender finds that the link is lost, where it does.
    lost: Option<Duration>,
    accident: Option<Mishap>,
}

/// A request on its way.
#[derive(Clone)]
struct Parcel {
    sender: String,
    number: u32,
    target: Target,
    request: Request,
    /// How often everything had been removed from the server when it was sent.
    removals: u32,
}

type Told = Result<(Answer, Vec<Progress>), TransportError>;

#[async_trait]
impl Transport for Wire {
    async fn call(
        &self,
        target: &Target,
        request: &Request,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Answer, TransportError> {
        self.life.goes_on().await;
        let told = self.network.send(&self.name, target, request).await;
        self.life.goes_on().await;
        let (answer, steps) = told?;
        steps.into_iter().for_each(progress);
        Ok(answer)
    }

    fn simulated(&self) -> bool {
        true
    }
}

impl Network {
    async fn send(self: &Arc<Self>, sender: &str, target: &Target, request: &Request) -> Told {
        let number = self.number(target.ip);
        let lost = self.weather.brings(self.weather.losses / 2, &self.dice);
        let Some(number) = number.filter(|&number| !lost && self.servers.is_reached(number)) else {
            self.time.sleep(self.dice.while_of(1..2000)).await;
            self.history
                .note(sender, format_args!("{} is not reached", target.ip));
            let why = format!("no route to {}", target.ip);
            return Err(TransportError::Unreachable(why));
        };
        let fate = self.fate();
        let patience = fate.lost;
        let parcel = Parcel {
            sender: sender.to_owned(),
            number,
            target: target.clone(),
            request: request.clone(),
            removals: self.servers.removals(number),
        };
        let (answer, answered) = oneshot::channel();
        tokio::spawn(self.clone().carry(parcel, fate, answer));
        let lost = || TransportError::Lost("the link went down".to_owned());
        let gives_up = async {
            match patience {
                Some(patience) => self.time.sleep(patience).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            told = answered => told.unwrap_or_else(|_| Err(lost())),
            () = gives_up => Err(lost()),
        }
    }

    async fn carry(self: Arc<Self>, parcel: Parcel, fate: Fate, answer: oneshot::Sender<Told>) {
        if let Some(again) = fate.again {
            let (network, parcel) = (self.clone(), parcel.clone());
            tokio::spawn(async move {
                network.time.sleep(again).await;
                drop(network.deliver(&parcel, None).await);
            });
        }
        let Some(arrives) = fate.arrives else {
            // Nobody lets go of the line: the sender finds out by itself.
            std::future::pending::<()>().await;
            return;
        };
        self.time.sleep(arrives).await;
        let told = self.deliver(&parcel, fate.accident).await;
        match fate.answered {
            Some(wait) => self.time.sleep(wait).await,
            None => std::future::pending().await,
        }
        // The sender may have died meanwhile.
        drop(answer.send(told));
    }

    async fn deliver(&self, parcel: &Parcel, accident: Option<Mishap>) -> Told {
        let number = parcel.number;
        if !self.servers.is_reached(number) {
            return Err(TransportError::Lost("the server is gone".to_owned()));
        }
        let deadly = matches!(accident, Some(Mishap::DiesAfter(_)));
        let struck = accident.is_some();
        if let Some(accident) = accident {
            match parcel.request {
                Request::Apply { .. } | Request::Remove { .. } => {
                    self.fleet.mishap(number, accident);
                }
                Request::Facts | Request::Inspect { .. } | Request::Attest { .. } => {
                    self.fleet.mishap_at_look(number, accident);
                }
            }
        }
        let before = Before::of(&parcel.request);
        let mut steps = Vec::new();
        let mut progress = |at| steps.push(at);
        // What comes late was on the server, and waited for its lock.
        let waited = self.servers.removals(number) > parcel.removals;
        self.servers.let_wait(number, waited);
        let called = self
            .fleet
            .call(&parcel.target, &parcel.request, &mut progress);
        let outcome = called.await;
        self.servers.let_wait(number, false);
        if let (Request::Remove { .. }, Ok(answer)) = (&parcel.request, &outcome)
            && answer.report.outcome == Outcome::Settled
        {
            self.servers.removed(number);
        }
        let told = match &outcome {
            Ok(answer) => answer.report.outcome.to_string(),
            Err(error) => error.to_string(),
        };
        let asked = described(&parcel.request);
        self.history.note(
            format_args!("sim{number}"),
            format_args!("{} asked {asked}: {told}", parcel.sender),
        );
        self.servers.after(number, &before);
        let settled = matches!(&outcome, Ok(answer) if answer.report.outcome == Outcome::Settled);
        if waited && struck && !settled {
            self.servers.died_late(number);
        }
        // What was sent before the weather cleared may come later; power is given back no more then.
        if deadly && outcome.is_err() && !self.weather.is_over() && self.dice.chance(500) {
            self.servers.lose_power(number);
        }
        outcome.map(|answer| (answer, steps))
    }

    fn number(&self, ip: IpAddr) -> Option<u32> {
        (1..=self.servers.count()).find(|&number| address(number) == ip)
    }

    fn fate(&self) -> Fate {
        let (weather, dice) = (&self.weather, &self.dice);
        let mut fate = Fate {
            arrives: Some(dice.while_of(1..50)),
            answered: Some(dice.while_of(1..200)),
            ..Fate::default()
        };
        if weather.brings(weather.losses, dice) {
            fate.lost = Some(dice.while_of(100..20_000));
            if dice.chance(500) {
                fate.arrives = None;
            } else {
                fate.answered = None;
            }
        }
        if weather.brings(weather.lateness, dice) {
            if dice.chance(500) {
                fate.lost = Some(dice.while_of(100..10_000));
                fate.arrives = Some(dice.while_of(5000..60_000));
            } else {
                fate.answered = Some(dice.while_of(1000..40_000));
            }
        }
        if weather.brings(weather.duplicates, dice) {
            // Only what was not answered can be carried out once more. An answer counts when the
            // host binary has ended and its exit status was read, and the transport sends again
            // only what never left (`transport/ssh.rs`: `NotSent`, or no binary to run). So what
            // comes late is an earlier try whose outcome is unknown, and the job goes on as one
            // that may have been done (`Reservation::unsure`), whatever a later try is answered.
            fate.again = Some(dice.while_of(1..60_000));
            fate.lost = Some(dice.while_of(100..20_000));
            fate.answered = None;
        }
        if weather.brings(weather.accidents, dice) {
            let calls = *dice.pick(&[30, 200, 1000, 5000]).expect("there are four");
            let calls = dice.below(calls);
            fate.accident = Some(if dice.chance(600) {
                Mishap::DiesAfter(calls)
            } else {
                Mishap::FailsAfter(calls)
            });
        }
        fate
    }
}

/// A request in a few words.
fn described(request: &Request) -> String {
    let (verb, scopes) = match request {
        Request::Facts => return "facts".to_owned(),
        Request::Inspect { scopes } => ("inspect", scopes),
        Request::Attest { scopes } => ("attest", scopes),
        Request::Apply { scopes } => ("apply", scopes),
        Request::Remove { scopes } => ("remove", scopes),
    };
    let scopes = scopes
        .iter()
        .map(|desired| format!("{}@{}", desired.scope(), desired.generation));
    format!("{verb} {}", scopes.collect::<Vec<_>>().join(" "))
}
