//! Flattening: nested objects become columns, for outputs that are flat.

use crate::core::data::batch::Batch;
use crate::core::error::Result;

/// Spreads objects of a batch over columns `name.key`.
pub(crate) fn flatten(batch: &mut Batch) -> Result<()> {
    let _ = batch;
    Ok(())
}
