//! The place data: build, open, look up by name, by id, nearby.
