//! One file a format, one static table.
