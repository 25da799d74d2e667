//! From a story and its control to typed layers.
