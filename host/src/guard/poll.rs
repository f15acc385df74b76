//! `wasi:io/poll`: wasmtime-wasi's, and besides it the deadlines and rates of sockets, and changes of the policy.
//!
//! A guest that waits for a socket waits here, whatever it waits for, so here it is woken when there is something new about
//! one of its sockets: a connect that takes too long, a rate that lets the next one pass, a policy that has ended it.

use std::pin::pin;
use std::time::Duration;

use tokio::time::sleep;
use wasmtime::Result;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::DynPollable;
use wasmtime_wasi_io::bindings::wasi::io::poll::{Host, HostPollable};

use super::gates::Gate;
use crate::NetCtxView;

/// What a wait is for.
#[derive(Default)]
struct Plan {
    /// Those that the system is asked about, by their places in the guest's list.
    asked: Vec<u32>,
    /// Those that are ready whatever the system says.
    ready: Vec<u32>,
    /// When to look again.
    again: Option<Duration>,
}

impl Host for NetCtxView<'_> {
    async fn poll(&mut self, pollables: Vec<Resource<DynPollable>>) -> Result<Vec<u32>> {
        if pollables.is_empty() {
            // An error, which is not ours to word.
            return self.table.poll(pollables).await;
        }
        let pollables: Vec<u32> = pollables.iter().map(Resource::rep).collect();
        self.wait(&pollables).await
    }
}

impl HostPollable for NetCtxView<'_> {
    async fn ready(&mut self, this: Resource<DynPollable>) -> Result<bool> {
        self.attend();
        match self.ctx.gate(this.rep()) {
            Gate::Ready => Ok(true),
            Gate::ClosedFor(_) => Ok(false),
            Gate::Open | Gate::OpenFor(_) => self.table.ready(this).await,
        }
    }

    async fn block(&mut self, this: Resource<DynPollable>) -> Result<()> {
        self.wait(&[this.rep()]).await?;
        Ok(())
    }

    fn drop(&mut self, this: Resource<DynPollable>) -> Result<()> {
        let rep = this.rep();
        HostPollable::drop(self.table, this)?;

        self.ctx.gates.remove(rep);
        Ok(())
    }
}

impl NetCtxView<'_> {
    /// Wait until one of them is ready. Returns the places of those that are.
    async fn wait(&mut self, pollables: &[u32]) -> Result<Vec<u32>> {
        let guard = self.ctx.guard.clone();
        loop {
            // From here on no change is missed.
            let changed = guard.changed();
            self.attend();
            let plan = self.plan(pollables);
            if !plan.ready.is_empty() {
                return Ok(plan.ready);
            }

            let asked = plan.asked.iter().map(|place| pollables[*place as usize]);
            let system = pin!(self.ask(asked.map(Resource::new_borrow).collect()));
            let again = async {
                match plan.again {
                    Some(time) => sleep(time).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                ready = system => {
                    let places = |index: u32| plan.asked[index as usize];
                    return Ok(ready?.into_iter().map(places).collect());
                }
                () = changed => {}
                () = again => {}
            }
        }
    }

    /// Wait for what the system says.
    async fn ask(&mut self, mut pollables: Vec<Resource<DynPollable>>) -> Result<Vec<u32>> {
        match pollables.len() {
            0 => std::future::pending().await,
            1 => {
                let only = pollables.remove(0);
                self.table.block(only).await?;
                Ok(vec![0])
            }
            _ => self.table.poll(pollables).await,
        }
    }

    fn plan(&self, pollables: &[u32]) -> Plan {
        let mut plan = Plan::default();
        for (place, pollable) in (0..).zip(pollables) {
            let (asked, again) = match self.ctx.gate(*pollable) {
                Gate::Open => (true, None),
                Gate::OpenFor(time) => (true, Some(time)),
                Gate::ClosedFor(time) => (false, Some(time)),
                Gate::Ready => {
                    plan.ready.push(place);
                    continue;
                }
            };
            if asked {
                plan.asked.push(place);
            }
            plan.again = [plan.again, again].into_iter().flatten().min();
        }
        plan
    }
}
