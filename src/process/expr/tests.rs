//! What the language means, expression by expression.
