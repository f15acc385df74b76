//! The policy on the command line.

use clap::Args;
use wasock::Policy;
use wasock::policy::{InboundRule, OutboundRule, ResolveRule};

/// What the component may do on the network. Without a rule: nothing.
#[derive(Args)]
#[command(next_help_heading = "Network policy")]
pub(crate) struct PolicyArgs {
    /// Let the component reach this: `tcp://api.example.com:443`
    ///
    /// `tcp://` or `udp://`; a name (`*.example.com` for those below it), an address, a network
    /// (`tcp://10.0.0.0/8:443`), `localhost` or `any`; and a port, a list, a range
    /// (`80,8000-8999`) or `any`.
    ///
    /// A name may be looked up then, and is worth what the lookup finds. Private, loopback and other
    /// special addresses need a rule that names them: by address, or by a name with `#to=`
    /// (`tcp://db.internal:5432#to=10.0.0.0/8`). `any` does not reach them.
    ///
    /// A peer that was sent a datagram may answer.
    #[arg(long, value_name = "RULE", verbatim_doc_comment)]
    allow_outbound: Vec<OutboundRule>,

    /// Never let the component reach this; wins over every grant
    #[arg(long, value_name = "RULE")]
    deny_outbound: Vec<OutboundRule>,

    /// Let the component listen there, or receive: `tcp://127.0.0.1:8080`
    ///
    /// With `#from=`, only these peers get in: `tcp://any:8080#from=10.0.0.0/8`. Port 0 grants a
    /// port that the system picks. A peer that a datagram came from may be answered.
    #[arg(long, value_name = "RULE", verbatim_doc_comment)]
    allow_inbound: Vec<InboundRule>,

    /// Never let the component listen there, or these peers in; wins over every grant
    #[arg(long, value_name = "RULE")]
    deny_inbound: Vec<InboundRule>,

    /// Let the component look this name up, and see all of its addresses: `*.example.com`
    ///
    /// It lets the component reach none of them. A rule that lets it reach a name lets it look the
    /// name up as well, so that this is seldom needed.
    #[arg(long, value_name = "NAME", verbatim_doc_comment)]
    allow_resolve: Vec<ResolveRule>,

    /// Never let the component look this name up; wins over every grant
    #[arg(long, value_name = "NAME")]
    deny_resolve: Vec<ResolveRule>,
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
        for rule in self.allow_resolve {
            builder = builder.allow_resolve(rule);
        }
        for rule in self.deny_resolve {
            builder = builder.deny_resolve(rule);
        }
        builder.build()
    }
}
