//! Names and patterns of names.

use super::{Fault, Piece};
use crate::{Expected, Name, NameError, NamePattern};

/// Reads a name, `*.name` or `.name`. `otherwise` is what belongs there if the text is nothing like a name.
pub(super) fn pattern(piece: Piece<'_>, otherwise: Expected) -> Result<NamePattern, Fault> {
    let parent = ["*.", "."]
        .iter()
        .find_map(|mark| piece.text.strip_prefix(mark));
    if parent.unwrap_or(piece.text).contains('*') {
        return Err(Fault::new(piece, Expected::Wildcard));
    }

    match (Name::parse(parent.unwrap_or(piece.text)), parent) {
        (Ok(name), Some(_)) => Ok(NamePattern::Below(name)),
        // `any.` or `ANY`: shown in canonical form, it would be the word for everything.
        (Ok(name), None) if name.is_any() => Err(Fault::new(piece, Expected::Any).instead("any")),
        (Ok(name), None) => Ok(NamePattern::Exact(name)),
        (Err(NameError::Empty | NameError::Character | NameError::Numeric), _) => {
            Err(Fault::new(piece, otherwise))
        }
        (Err(error), _) => Err(Fault::new(piece, Expected::Name(error))),
    }
}
