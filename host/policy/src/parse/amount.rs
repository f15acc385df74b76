//! Amounts: `32`, `64KiB`, `10MiB/s`, `500ms`.

use std::time::Duration;

use super::{Fault, Piece};
use crate::limits::{SIZES, TIMES};
use crate::{Amount, Expected, Limit, LimitSetting, Rate, Unit};

/// Reads `connections=32`.
pub(super) fn setting(whole: Piece<'_>) -> Result<LimitSetting, Fault> {
    let (name, value) = match whole.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (whole, None),
    };
    let known = Limit::ALL
        .into_iter()
        .find(|limit| limit.as_str() == name.text);
    let Some(limit) = known else {
        return Err(Fault::new(name, Expected::LimitName));
    };
    let Some(value) = value else {
        return Err(Fault::new(whole.end(), Expected::LimitAmount(limit)));
    };
    amount_of(limit, value)
}

/// Reads the amount of a limit.
pub(super) fn amount_of(limit: Limit, piece: Piece<'_>) -> Result<LimitSetting, Fault> {
    let unit = limit.unit();
    let amount = match unit {
        Unit::Count => Amount::Count(count(piece, unit)?),
        Unit::Bytes => Amount::Bytes(size(piece, unit)?),
        Unit::CountRate => Amount::CountRate(rate(piece, unit)?),
        Unit::ByteRate => Amount::ByteRate(rate(piece, unit)?),
        Unit::Time => Amount::Time(time(piece, unit)?),
    };
    LimitSetting::new(limit, amount).ok_or_else(|| Fault::new(piece, Expected::MoreThanZero(limit)))
}

/// Reads `100/s`, and `10MiB/s` where the unit is one of bytes.
pub(super) fn rate(piece: Piece<'_>, unit: Unit) -> Result<Rate, Fault> {
    let Some((amount, per)) = piece.split_once('/') else {
        return Err(Fault::new(piece.end(), Expected::Amount(unit)));
    };
    let amount_read = match unit {
        Unit::CountRate => count(amount, unit)?,
        _ => size(amount, unit)?,
    };
    if amount_read == 0 {
        return Err(Fault::new(amount, Expected::MovingRate));
    }
    // `/s` is `/1s`.
    let single = TIMES.into_iter().find(|(name, _)| *name == per.text);
    let per_read = match single {
        Some((_, nanos)) => Duration::from_nanos(nanos),
        None => time(per, unit)?,
    };
    Rate::new(amount_read, per_read).ok_or_else(|| Fault::new(per, Expected::Amount(unit)))
}

fn count(piece: Piece<'_>, unit: Unit) -> Result<u64, Fault> {
    let (digits, rest) = number(piece, unit)?;
    if !rest.text.is_empty() {
        return Err(Fault::new(rest, Expected::Amount(unit)));
    }
    in_range(digits, 1)
}

fn size(piece: Piece<'_>, unit: Unit) -> Result<u64, Fault> {
    let (digits, rest) = number(piece, unit)?;
    if rest.text.is_empty() {
        return in_range(digits, 1);
    }
    let worth = SIZES.into_iter().find(|(name, _)| *name == rest.text);
    let (_, worth) = worth.ok_or_else(|| Fault::new(rest, Expected::SizeUnit))?;
    in_range(digits, worth)
}

fn time(piece: Piece<'_>, unit: Unit) -> Result<Duration, Fault> {
    let (digits, rest) = number(piece, unit)?;
    let worth = TIMES.into_iter().find(|(name, _)| *name == rest.text);
    let (_, worth) = worth.ok_or_else(|| Fault::new(rest, Expected::TimeUnit))?;

    let too_large = || Fault::new(digits, Expected::SmallerNumber);
    let nanos = digits.text.parse::<u128>().ok();
    let nanos = nanos.and_then(|number| number.checked_mul(worth.into()));
    let nanos = nanos.ok_or_else(too_large)?;
    let seconds = u64::try_from(nanos / NANOS).map_err(|_| too_large())?;
    // Less than a second fits.
    Ok(Duration::new(seconds, (nanos % NANOS) as u32))
}

const NANOS: u128 = 1_000_000_000;

/// The digits, and what follows.
fn number(piece: Piece<'_>, unit: Unit) -> Result<(Piece<'_>, Piece<'_>), Fault> {
    let text = piece.text;
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    if end == 0 {
        return Err(Fault::new(piece, Expected::Amount(unit)));
    }
    let (digits, rest) = piece.split_at(end);
    if rest.text.starts_with(['.', ',', '_']) {
        return Err(Fault::new(piece, Expected::WholeNumber));
    }
    Ok((digits, rest))
}

fn in_range(digits: Piece<'_>, worth: u64) -> Result<u64, Fault> {
    let number = digits.text.parse::<u64>().ok();
    number
        .and_then(|number| number.checked_mul(worth))
        .ok_or_else(|| Fault::new(digits, Expected::SmallerNumber))
}
