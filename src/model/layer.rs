//! Layers: typed features with flat attributes, in the order in which they are drawn and written.

use crate::time::Date;
use ecow::{EcoString, EcoVec};
use serde::Serialize;
use std::fmt;

/// An attribute value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text; what many features say is held once.
    Text(EcoString),
    /// A calendar day.
    Date(Date),
    /// Several texts.
    List(EcoVec<EcoString>),
}

impl From<&str> for Value {
    fn from(v: &str) -> Self {
        Self::Text(v.into())
    }
}
impl From<String> for Value {
    fn from(v: String) -> Self {
        Self::Text(v.into())
    }
}
impl From<EcoString> for Value {
    fn from(v: EcoString) -> Self {
        Self::Text(v)
    }
}
impl From<i64> for Value {
    fn from(v: i64) -> Self {
        Self::Int(v)
    }
}
impl From<f64> for Value {
    fn from(v: f64) -> Self {
        Self::Float(v)
    }
}
impl From<bool> for Value {
    fn from(v: bool) -> Self {
        Self::Bool(v)
    }
}
impl From<Date> for Value {
    fn from(v: Date) -> Self {
        Self::Date(v)
    }
}
impl From<Vec<String>> for Value {
    fn from(v: Vec<String>) -> Self {
        Self::List(v.into_iter().map(EcoString::from).collect())
    }
}
impl From<EcoVec<EcoString>> for Value {
    fn from(v: EcoVec<EcoString>) -> Self {
        Self::List(v)
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Self {
        v.map_or(Self::Null, Into::into)
    }
}

impl Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => s.serialize_none(),
            Self::Bool(v) => s.serialize_bool(*v),
            Self::Int(v) => s.serialize_i64(*v),
            Self::Float(v) => s.serialize_f64(*v),
            Self::Text(v) => s.serialize_str(v),
            Self::Date(v) => s.collect_str(v),
            Self::List(v) => v.serialize(s),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(v) => write!(f, "{v}"),
            Self::Int(v) => write!(f, "{v}"),
            Self::Float(v) => write!(f, "{v}"),
            Self::Text(v) => f.write_str(v),
            Self::Date(v) => write!(f, "{v}"),
            Self::List(v) => f.write_str(&v.join("|")),
        }
    }
}

/// What a layer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LayerKind {
    /// Who holds what on a day; polygons.
    Control,
    /// What changed hands between two days; polygons.
    Change,
    /// Land that is fought over; polygons.
    Contested,
    /// Land beyond reach of any known place; polygons.
    Beyond,
    /// Thiessen cells; polygons.
    Cells,
    /// Edges between unlike holders; lines.
    Frontline,
    /// Distances said and measured; geodesic lines.
    Distances,
    /// Moves of the front; lines.
    Advance,
    /// Control events at their places; points.
    Events,
    /// Places of the story; points.
    Places,
    /// A user's own features; any geometry.
    Overlay,
}

impl LayerKind {
    /// The name of the layer in files, for instance `control`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Change => "change",
            Self::Contested => "contested",
            Self::Beyond => "beyond",
            Self::Cells => "cells",
            Self::Frontline => "frontline",
            Self::Distances => "distances",
            Self::Advance => "advance",
            Self::Events => "events",
            Self::Places => "places",
            Self::Overlay => "overlay",
        }
    }
}

/// A geometry in degrees (x = longitude) and its attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Stable id within its layer.
    pub id: Option<EcoString>,
    /// Longitude and latitude on WGS 84; `None` is a row without a geometry.
    pub geometry: Option<geo::Geometry<f64>>,
    /// Attributes in writing order; within one of our layers every feature has the same keys.
    pub properties: Vec<(EcoString, Value)>,
}

impl Feature {
    /// A feature without attributes.
    pub fn new(geometry: impl Into<geo::Geometry<f64>>) -> Self {
        Self { id: None, geometry: Some(geometry.into()), properties: Vec::new() }
    }
    /// The same feature with a stable id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<EcoString>) -> Self {
        self.id = Some(id.into());
        self
    }
    /// The same feature with one more attribute.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.properties.push((key.into(), value.into()));
        self
    }
    /// An attribute; `None` where the key is missing or its value null.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.properties.iter().find(|(k, v)| k == key && *v != Value::Null).map(|(_, v)| v)
    }
    /// A text attribute.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Value::Text(t)) => Some(t),
            _ => None,
        }
    }
    /// A numeric attribute.
    pub fn number(&self, key: &str) -> Option<f64> {
        match self.get(key) {
            Some(Value::Int(v)) => Some(*v as f64),
            Some(Value::Float(v)) => Some(*v),
            _ => None,
        }
    }
}

/// Features of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// What it shows.
    pub kind: LayerKind,
    /// Its name in files; unique within a map.
    pub name: String,
    /// Its features in drawing order.
    pub features: Vec<Feature>,
}

impl Layer {
    /// A layer under the name of its kind.
    pub fn new(kind: LayerKind, features: Vec<Feature>) -> Self {
        Self { kind, name: kind.name().to_owned(), features }
    }
}
