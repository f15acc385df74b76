//! Plugging the provider into an app: afterwards the app is one component that imports only `wasi:*`.

use std::panic::catch_unwind;

use thiserror::Error;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, PlugError, plug};

use crate::component::{NotAComponent, Outline};

/// Why an app and a provider do not go together.
#[derive(Debug, Error)]
pub enum ComposeError {
    /// The app is not a component.
    #[error(transparent)]
    App(#[from] NotAComponent),
    /// The app has no use for a provider.
    #[error(
        "the component does not import wasock:net: there is nothing to plug in, it runs as it is"
    )]
    NotNeeded,
    /// The app is a component that the composer cannot read.
    #[error("the component cannot be composed")]
    Read(#[source] anyhow::Error),
    /// The two cannot be joined.
    #[error("the provider cannot be plugged into the component")]
    Plug(#[source] anyhow::Error),
    /// The app asks for something under the name of the provider's that is not the same.
    #[error(
        "the component expects another {0} than this wasock has: \
         build it with the WIT of this version"
    )]
    Mismatch(String),
    /// The composer gave up in disorder.
    #[error("the component cannot be composed: the composer does not know its kind")]
    Composer,
}

/// Plug `provider` into `app`, which imports `wasock:net`.
///
/// # Errors
///
/// [`ComposeError`]; with [`ComposeError::NotNeeded`] the app is fine as it is.
pub fn compose(app: &[u8], provider: &[u8]) -> Result<Vec<u8>, ComposeError> {
    if !Outline::read(app)?.imports_wasock() {
        return Err(ComposeError::NotNeeded);
    }

    // The composer panics on some components that are valid and unusual. The app is input, so
    // that has to end as an error.
    let composed = catch_unwind(|| join(app, provider)).map_err(|_| ComposeError::Composer)??;

    let left = Outline::read(&composed)?.imports.into_iter();
    match left.into_iter().find(|name| name.starts_with("wasock:")) {
        Some(name) => Err(ComposeError::Mismatch(name)),
        None => Ok(composed),
    }
}

fn join(app: &[u8], provider: &[u8]) -> Result<Vec<u8>, ComposeError> {
    let mut graph = CompositionGraph::new();
    let mut register = |name, bytes: &[u8]| -> anyhow::Result<_> {
        let package = Package::from_bytes(name, None, bytes, graph.types_mut())?;
        Ok(graph.register_package(package)?)
    };
    let socket = register("app", app).map_err(ComposeError::Read)?;
    let provider = register("wasock:provider", provider).map_err(ComposeError::Plug)?;

    plug(&mut graph, vec![provider], socket).map_err(|error| match error {
        // No export fitted any import: the names match, so the types do not.
        PlugError::NoPlugHappened => ComposeError::Mismatch("wasock:net".to_owned()),
        PlugError::GraphError { source } => ComposeError::Plug(source),
    })?;
    graph
        .encode(EncodeOptions::default())
        .map_err(|error| ComposeError::Plug(error.into()))
}
