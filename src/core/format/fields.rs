//! The fields of records, for encoders that print records of any shape.

use crate::core::data::batch::Batch;
use crate::core::data::value::Value;
use crate::core::integer::narrow;

/// Calls `record` with the fields of each selected record: index of the column and value, in the record's own order,
/// without those it does not have.
pub(crate) fn each_record<'b, E>(
    batch: &'b Batch,
    mut record: impl FnMut(&[(usize, Value<'b>)]) -> Result<(), E>,
) -> Result<(), E> {
    let all: Vec<u32> = (0..narrow(batch.columns.len())).collect();
    let mut fields = Vec::new();
    for row in batch.rows() {
        let shape = batch.shapes.as_ref();
        let order = shape.and_then(|shapes| shapes.orders.get(*shapes.of_row.get(row)? as usize)).unwrap_or(&all);
        fields.clear();
        for column in order.iter().map(|column| *column as usize) {
            let value = batch.value(column, row);
            if !matches!(value, Value::Missing) {
                fields.push((column, value));
            }
        }
        record(&fields)?;
    }
    Ok(())
}
