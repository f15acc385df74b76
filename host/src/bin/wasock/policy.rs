//! The policy on the command line: a file, and options that add to it.

use std::path::{Path, PathBuf};

use anyhow::Error;
use clap::Args;
use wasock::Policy;
use wasock::policy::{
    InboundRule, LimitSetting, Line, Mapping, Mode, Origin, OutboundRule, PolicyFile, ResolveRule,
    Rule,
};

use crate::failure::Failure;
use crate::files;

/// What the component may do on the network. Without a rule: nothing.
#[derive(Args, Clone)]
#[command(next_help_heading = "Network policy")]
pub(crate) struct PolicyArgs {
    /// Take the policy of this file; what other options say is added to it
    ///
    /// `version = 1`, and sections with the rules below: `[outbound]`, `[inbound]` and `[resolve]`
    /// have `allow` and `deny`, lists of rules; `[limits]` has limits; `map` is a list of mappings and
    /// `mode` is `enforce` or `report`. Of two limits, the smaller one counts.
    #[arg(
        id = "policy-file",
        long = "policy",
        value_name = "FILE",
        verbatim_doc_comment
    )]
    file: Option<PathBuf>,

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

    /// Limit what the component uses: `connections=32`, `bytes-out=1GiB`, `rate-in=10MiB/s`
    ///
    /// Numbers: `sockets` and `connections` (at a time), `total-connections`, `lookups`.
    /// Sizes (`64KiB`, `1MB`): `bytes-in`, `bytes-out`, `memory`. Rates: `accept-rate` (`100/s`),
    /// `rate-in`, `rate-out` (`10MiB/s`). Times (`500ms`, `10s`, `5min`, `1h`): `connect-time`,
    /// `idle-time`, `lifetime` (of a connection), `cpu-time`.
    #[arg(long, value_name = "NAME=VALUE", verbatim_doc_comment)]
    limit: Vec<LimitSetting>,

    /// Lead the component elsewhere than it asks for: `tcp://any:80=127.0.0.1:8080`
    ///
    /// Or give a name an address, without asking anybody: `db.internal=10.0.0.5`. A mapping grants
    /// nothing: the rules are about where it leads. The first one that fits counts, those of the
    /// command line before those of the file.
    #[arg(long, value_name = "MAPPING", verbatim_doc_comment)]
    map: Vec<Mapping>,

    /// `enforce` the policy, or `report` what it would refuse and let it pass
    ///
    /// What is special (loopback, private, metadata of clouds, ...) and what no rule reaches is refused
    /// all the same. The file's mode counts if none is given, and `enforce` if the file has none.
    #[arg(long, value_name = "MODE", verbatim_doc_comment)]
    mode: Option<Mode>,

    /// Short for `--mode report`
    #[arg(long, conflicts_with = "mode")]
    report: bool,
}

impl PolicyArgs {
    /// The file with the policy, if there is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The policy that the file and the options make up. The file is read each time.
    pub(crate) fn policy(&self) -> Result<Policy, Failure> {
        let file = self.file().map(read).transpose()?;
        Ok(self.with(file))
    }

    /// The policy that the options make up with what a file says.
    pub(crate) fn with(&self, file: Option<PolicyFile>) -> Policy {
        // Options come first: of several mappings, the first counts, and of several lines, the first is told.
        let lines = self.lines().map(|line| line.at(Origin::Flag));
        let mut builder = lines.fold(Policy::builder(), |builder, line| builder.line(line));
        for limit in &self.limit {
            builder = builder.limit(*limit);
        }
        for mapping in &self.map {
            builder = builder.map(mapping.clone());
        }
        if let Some(file) = file {
            builder = builder.file(file);
        }
        if let Some(mode) = self.mode.or(self.report.then_some(Mode::Report)) {
            builder = builder.mode(mode);
        }
        builder.build()
    }

    fn lines(&self) -> impl Iterator<Item = Line> {
        fn all<R: Clone + Into<Rule>>(allow: &[R], deny: &[R]) -> impl Iterator<Item = Line> {
            let allow = allow.iter().cloned().map(Line::allow);
            allow.chain(deny.iter().cloned().map(Line::deny))
        }
        all(&self.allow_outbound, &self.deny_outbound)
            .chain(all(&self.allow_inbound, &self.deny_inbound))
            .chain(all(&self.allow_resolve, &self.deny_resolve))
    }
}

/// Read a policy file. Whatever is wrong with it is a mistake of who named it.
pub(crate) fn read(path: &Path) -> Result<PolicyFile, Failure> {
    let text = files::read_policy(path).map_err(Failure::Usage)?;
    let name = path.to_string_lossy();
    PolicyFile::parse(&*name, &text).map_err(|error| Failure::Usage(Error::new(error)))
}

/// Tell the author of a policy what it does not do, although it may look as if it did.
pub(crate) fn warn(policy: &Policy) {
    for warning in policy.warnings() {
        eprintln!("warning: {warning}");
    }
}
