//! From a text to mentions, control events and distances.
