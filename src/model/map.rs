//! The map: ordered layers, the view onto them and the words around them. The one noun between reading and writing.

use super::{Layer, Rgb};
use crate::geodesy::BBox;
use crate::time::Date;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A set of colours and weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Pale ground, dark text.
    #[default]
    Light,
    /// Dark ground, pale text.
    Dark,
    /// Greys, for print in one ink.
    Mono,
}

impl FromStr for Theme {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "light" => Ok(Self::Light),
            "dark" => Ok(Self::Dark),
            "mono" => Ok(Self::Mono),
            other => Err(format!("\"{other}\" is not a theme: light, dark, mono")),
        }
    }
}

/// How the map looks onto its layers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct View {
    /// What to frame; `None` fits the story's places and layers.
    pub bbox: Option<BBox>,
    /// Language tags of labels, the first the main one; empty is English.
    pub langs: Vec<String>,
    /// Colours.
    pub theme: Theme,
    /// Which side disputed borders are drawn for: ISO 3166-1 alpha-2, or `None` for the de facto view.
    pub worldview: Option<String>,
}

/// A source that has to be named, with its licence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Credit {
    /// The words of the credit line, for instance `GeoNames`.
    pub name: String,
    /// Licence identifier or name, for instance `CC BY 4.0`.
    pub licence: String,
}

/// An entry of the key that stands for a class of land or line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Actor or class id as it stands in the `holder` attribute.
    pub id: String,
    /// Words in the key.
    pub label: String,
    /// Its colour; `None` takes one from the palette.
    pub color: Option<Rgb>,
}

/// Everything an output needs; outputs can fail only on input and output.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Map {
    /// Short stable name for files, for instance `hama-2024-12-05`.
    pub slug: String,
    /// Headline of the map.
    pub title: String,
    /// A line below it.
    pub subtitle: Option<String>,
    /// The day whose state it shows.
    pub as_of: Option<Date>,
    /// Who says so ("Source: …").
    pub sources: Vec<String>,
    /// How the areas were made, in a phrase for the source line.
    pub method: Option<String>,
    /// Who made the map.
    pub byline: Option<String>,
    /// Sides in the order of the key.
    pub holders: Vec<Holder>,
    /// Layers in drawing order, the lowest first.
    pub layers: Vec<Layer>,
    /// The view.
    pub view: View,
    /// Data credits.
    pub credits: Vec<Credit>,
}

impl Map {
    /// The layer of a name.
    pub fn layer(&self, name: &str) -> Option<&Layer> {
        self.layers.iter().find(|l| l.name == name)
    }
}
