//! The options of a socket of the layer.

use wasock_core::Errno;
use wasock_core::create::Kind;
use wasock_core::sockopt::SockOpt;

use super::Layer;

/// What an option is until it is set.
const DEFAULT: i32 = 1;

/// The options that were set.
#[derive(Clone, Debug, Default)]
pub(super) struct Options(Vec<(SockOpt, i32)>);

impl Options {
    pub(super) fn get(&self, layer: &Layer<'_>, kind: Kind, option: SockOpt) -> Result<i32, Errno> {
        layer.called();
        assert!(option.is_of(kind), "{option:?} of {kind:?}");
        if layer.refuses(option) {
            return Err(Errno::Enoprotoopt);
        }
        let set = self.0.iter().rfind(|(known, _)| *known == option);
        Ok(set.map_or(DEFAULT, |(_, value)| *value))
    }

    pub(super) fn set(
        &mut self,
        layer: &Layer<'_>,
        kind: Kind,
        option: SockOpt,
        value: i32,
    ) -> Result<(), Errno> {
        self.get(layer, kind, option)?;
        self.0.push((option, value));
        Ok(())
    }
}
