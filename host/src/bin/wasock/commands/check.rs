//! `wasock check`

mod answer;
mod json;
mod question;
mod text;

use std::net::IpAddr;

use anyhow::Context;
use clap::{ArgGroup, Args};
use wasock::policy::Name;

use self::answer::Answer;
use self::question::{Peer, Place, Target};
use crate::failure::Failure;
use crate::output::print;
use crate::policy::{PolicyArgs, warn};

/// Say what a policy makes of a connection, a listener or a lookup, and why
///
/// Each line of the policy says whether it decided, and otherwise why it did not. Nothing is
/// connected and nobody is asked: what a name resolves to, `--resolves-to` says. Without it, the
/// answer has the conditions.
#[derive(Args)]
#[command(after_long_help = EXAMPLE, verbatim_doc_comment)]
#[command(group = ArgGroup::new("question").required(true).args(["target", "inbound", "resolve"]))]
pub(crate) struct Check {
    /// What the component would connect to, or send to: `tcp://api.example.com:443`
    #[arg(value_name = "tcp://HOST:PORT")]
    target: Option<Target>,

    /// Where the component would listen, or receive: `tcp://any:8080`
    #[arg(long, value_name = "tcp://ADDR:PORT")]
    inbound: Option<Place>,

    /// What the component would look up
    #[arg(long, value_name = "NAME", value_parser = question::name)]
    resolve: Option<Name>,

    /// What the name resolves to
    #[arg(
        long,
        value_name = "IP,...",
        value_delimiter = ',',
        conflicts_with = "inbound"
    )]
    resolves_to: Vec<IpAddr>,

    /// Who would come in there: an address, with or without a port
    #[arg(long, value_name = "PEER", conflicts_with_all = ["target", "resolve"])]
    from: Option<Peer>,

    /// Answer in JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    policy: PolicyArgs,
}

const EXAMPLE: &str = "\
Example:
  wasock check --policy policy.toml tcp://db.internal:5432 --resolves-to 10.0.3.7
  wasock check --allow-inbound tcp://any:8080#from=10.0.0.0/8 --inbound tcp://any:8080 --from 10.1.2.3
  wasock check --policy policy.toml --resolve api.example.com

Exit status:
  0 if all of it is allowed, for some addresses at least if nobody says what a name resolves to; 1 if
  something of it is denied; 2 if the question or the policy is not understood";

impl Check {
    pub(crate) fn execute(self) -> Result<i32, Failure> {
        let policy = self.policy.policy()?;
        let question = self.question().map_err(Failure::Usage)?;
        let answer = Answer::new(&policy, question);

        let text = if self.json {
            json::text(&answer).context("cannot write JSON")?
        } else {
            warn(&policy);
            text::text(&answer)
        };
        print(text.as_bytes())?;
        Ok(if answer.is_allowed() { 0 } else { 1 })
    }
}
