//! `wasock run`

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::mpsc::channel;

use anyhow::{Context, Result};
use clap::Args;
use wasmtime_wasi::{FsPerms, WasiCtx};
use wasock::component::Outline;
use wasock::{NetCtx, Person, embedded};

use crate::audit::AuditArgs;
use crate::failure::{Failure, from_wasmtime};
use crate::files::{is_regular, read_component};
use crate::names::NameArgs;
use crate::policy::{PolicyArgs, warn};
use crate::watch::Watch;
use crate::{control, runner};

/// Run a component under a network policy
///
/// APP.wasm is any WASI 0.2 command: from `cargo build --target wasm32-wasip2`, say. If it imports
/// wasock:net, the provider is plugged in. What it does on the network is refused unless a rule
/// allows it, and each refusal names the rule.
#[derive(Args)]
#[command(after_long_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Run {
    /// The component
    #[arg(value_name = "APP.wasm")]
    app: PathBuf,

    /// What the component gets as its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,

    /// Set an environment variable of the component; without `=VALUE`, hand on this process's
    #[arg(long, value_name = "NAME[=VALUE]")]
    env: Vec<Variable>,

    /// Give the component a folder, under the name GUEST: `./data::/data`
    #[arg(long, value_name = "HOST[::GUEST]")]
    dir: Vec<Folder>,

    /// Show what is allowed, too
    #[arg(short, long)]
    verbose: bool,

    #[command(flatten)]
    policy: PolicyArgs,

    #[command(flatten)]
    names: NameArgs,

    #[command(flatten)]
    audit: AuditArgs,
}

const EXAMPLE: &str = "\
Example:
  wasock run --allow-outbound tcp://127.0.0.1:6379 app.wasm
  wasock run --allow-outbound tcp://api.example.com:443 app.wasm
  wasock run --policy policy.toml --limit connections=32 app.wasm

Environment:
  SSL_CERT_FILE, SSL_CERT_DIR  the authorities that requests by https trust, in the place of the machine's

Exit status:
  that of the component; 134 if it traps; 152 if it has used up its time to compute; 1 if it cannot
  be run; 2 for a mistake on the command line";

/// `NAME=VALUE`, or `NAME` for a variable to hand on.
#[derive(Clone)]
struct Variable {
    name: String,
    value: Option<String>,
}

/// `HOST::GUEST`, or `HOST` for a folder that has the same name inside.
#[derive(Clone)]
struct Folder {
    host: PathBuf,
    guest: String,
}

impl Run {
    pub(crate) fn execute(self) -> Result<i32, Failure> {
        let person = Person::new(std::io::stderr()).verbose(self.verbose);
        let audit = Arc::new(self.audit.open(person)?);
        let watched = self.policy.file().filter(|path| is_regular(path));
        let watched = watched.map(|path| (path.to_owned(), self.policy.clone()));
        let (ask, asked) = channel();
        control::start(audit.clone(), watched.is_some().then_some(ask))?;

        let policy = self.policy.policy()?;
        warn(&policy);
        let component = ready_to_run(&self.app)?;
        let wasi = wasi(&self.app, &self.args, self.env, &self.dir)?;
        let mut net = NetCtx::builder()
            .policy(policy)
            .name(file_name(&self.app))
            .audit(audit.clone());
        if let Some(resolver) = self.names.resolver()? {
            net = net.resolver(resolver);
        }
        #[cfg(feature = "http")]
        {
            net = net.tls_roots(wasock::TlsRoots::lazy(crate::roots::roots));
        }
        let net = net.build();
        if let Some((path, options)) = watched {
            let watch = Watch {
                path,
                build: move |file| {
                    let policy = options.with(Some(file));
                    warn(&policy);
                    policy
                },
                net: net.handle(),
                tell: |text: &str| eprintln!("{text}"),
            };
            watch.start(asked)?;
        }
        let ended = runner::run(&component, wasi, net);

        audit.summary();
        ended
    }
}

/// The component in the file, with the provider plugged in if it asks for one.
fn ready_to_run(path: &Path) -> Result<Vec<u8>> {
    let app = read_component(path)?;
    let prepare = || {
        if Outline::read(&app)?.imports_wasock() {
            Ok(wasock::compose(&app, embedded::PROVIDER)?)
        } else {
            Ok(app.clone())
        }
    };
    prepare()
        .map_err(|error: anyhow::Error| error.context(format!("cannot run {}", path.display())))
}

/// What the component is called, in its own arguments as in records.
fn file_name(app: &Path) -> Cow<'_, str> {
    app.file_name().unwrap_or_default().to_string_lossy()
}

/// Everything but the network, as `wasmtime run` has it.
fn wasi(app: &Path, args: &[String], env: Vec<Variable>, dirs: &[Folder]) -> Result<WasiCtx> {
    let mut builder = WasiCtx::builder();
    builder.inherit_stdio();

    builder.arg(file_name(app)).args(args);

    for Variable { name, value } in env {
        let value = value.map(Cow::Owned).or_else(|| {
            std::env::var_os(&name).map(|value| value.to_string_lossy().into_owned().into())
        });
        // One that is not set is not handed on.
        if let Some(value) = value {
            builder.env(name, value);
        }
    }

    for Folder { host, guest } in dirs {
        builder
            .preopened_dir(host, guest, FsPerms::ReadWrite)
            .map_err(from_wasmtime)
            .with_context(|| format!("cannot open the folder {}", host.display()))?;
    }
    Ok(builder.build())
}

impl FromStr for Variable {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        if name.is_empty() {
            return Err("expected NAME=VALUE, but found no name");
        }
        Ok(Self {
            name: name.to_owned(),
            value,
        })
    }
}

impl FromStr for Folder {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (host, guest) = text.split_once("::").unwrap_or((text, text));
        if host.is_empty() || guest.is_empty() {
            return Err("expected HOST::GUEST, but one of the two is empty");
        }
        Ok(Self {
            host: host.into(),
            guest: guest.to_owned(),
        })
    }
}
