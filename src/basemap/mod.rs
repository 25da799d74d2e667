//! The embedded Natural Earth basemap.
