//! From an event log to the state of every place on a day, cells, areas, change and front lines.
