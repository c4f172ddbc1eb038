//! JSON: values of RFC 8259, as one array, one after the other, or in lines.

pub(crate) mod path;
