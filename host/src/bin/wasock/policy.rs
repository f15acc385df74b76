//! The policy on the command line.

use clap::Args;
use wasock::Policy;
use wasock::policy::{InboundRule, OutboundRule};

/// What the component may do on the network. Without a rule: nothing.
#[derive(Args)]
#[command(next_help_heading = "Network policy")]
pub(crate) struct PolicyArgs {
    /// Let the component connect there: `tcp://93.184.216.34:443`
    ///
    /// An address, a network (`tcp://10.0.0.0/8:443`), `localhost` or `any`, and a port, a list, a
    /// range (`80,8000-8999`) or `any`. Private, loopback and other special addresses need a rule
    /// that names them; `any` does not reach them.
    #[arg(long, value_name = "RULE", verbatim_doc_comment)]
    allow_outbound: Vec<OutboundRule>,

    /// Never let the component connect there; wins over every grant
    #[arg(long, value_name = "RULE")]
    deny_outbound: Vec<OutboundRule>,

    /// Let the component listen there: `tcp://127.0.0.1:8080`
    ///
    /// With `#from=`, only these peers get in: `tcp://any:8080#from=10.0.0.0/8`. Port 0 grants a
    /// port that the system picks.
    #[arg(long, value_name = "RULE", verbatim_doc_comment)]
    allow_inbound: Vec<InboundRule>,

    /// Never let the component listen there, or these peers in; wins over every grant
    #[arg(long, value_name = "RULE")]
    deny_inbound: Vec<InboundRule>,
}

impl PolicyArgs {
    /// The policy that the options make up.
    pub(crate) fn policy(self) -> Policy {
        let mut builder = Policy::builder();
        for rule in self.allow_outbound {
            builder = builder.allow_outbound(rule);
        }
        for rule in self.deny_outbound {
            builder = builder.deny_outbound(rule);
        }
        for rule in self.allow_inbound {
            builder = builder.allow_inbound(rule);
        }
        for rule in self.deny_inbound {
            builder = builder.deny_inbound(rule);
        }
        builder.build()
    }
}
