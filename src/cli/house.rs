//! What a desk brings of its own to every map: its theme, its logo, roads and heights. For `render` and `make`.

use super::{Failure, failure};
use crate::cartography::display::{DisplayList, Group, Image, Item, Pixels, Rect};
use crate::cartography::theme::{Logo, Style};
use crate::cartography::{ControlStyle, Relief};
use crate::diag::{Note, Position};
use crate::model::Feature;
use crate::outputs::{ascii_grid, format};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How control is shown.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Control {
    /// How to show who holds what: areas, settlements, or roads (bands along --roads)
    #[arg(long, value_name = "STYLE", default_value = "areas")]
    control_style: ControlStyle,
    /// Roads along which control is shown, as a file of lines
    #[arg(long, value_name = "FILE")]
    roads: Option<PathBuf>,
    /// Shade the land by heights, as an ESRI ASCII grid in degrees (.asc)
    #[arg(long, value_name = "FILE.asc")]
    relief: Option<PathBuf>,
}

impl Control {
    /// The way chosen.
    pub(super) fn style(&self) -> ControlStyle {
        // Roads that are given want to be seen.
        if self.roads.is_some() && self.control_style == ControlStyle::Areas {
            ControlStyle::Roads
        } else {
            self.control_style
        }
    }

    /// The roads.
    pub(super) fn roads(&self, notes: &mut Vec<Note>) -> Result<Vec<Feature>, Failure> {
        let Some(path) = &self.roads else { return Ok(Vec::new()) };
        let layers = format::read(path).map_err(|e| failure(&e))?.unwarn(notes);
        Ok(layers.into_iter().flat_map(|l| l.features).collect())
    }

    /// The heights.
    pub(super) fn relief(&self) -> Result<Option<Arc<Relief>>, Failure> {
        let Some(path) = &self.relief else { return Ok(None) };
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|e| Note::error(format!("cannot be read: {e}")).at(Position::file(&file)))?;
        let relief = ascii_grid::read(&text, &file).map_err(|note| Failure::from(*note))?;
        Ok(Some(Arc::new(relief)))
    }
}

/// A logo ready to be drawn.
pub(super) type Stamp = (Arc<Pixels>, Logo);

/// The logo of a house theme, read from beside the theme file.
pub(super) fn logo(path: Option<&Path>, style: Option<&Style>) -> Result<Option<Stamp>, Failure> {
    let (Some(path), Some(logo)) = (path, style.and_then(|s| s.logo.clone())) else { return Ok(None) };
    let file = path.parent().unwrap_or(Path::new("")).join(&logo.file);
    let wrong = |what: String| Note::error(what).at(Position::file(file.display().to_string()));
    let bytes = std::fs::read(&file).map_err(|e| wrong(format!("the logo cannot be read: {e}")))?;
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(
        png::Transformations::EXPAND | png::Transformations::ALPHA | png::Transformations::STRIP_16,
    );
    let mut reader = decoder.read_info().map_err(|e| wrong(format!("the logo is not a PNG: {e}")))?;
    let mut data = vec![0; reader.output_buffer_size().unwrap_or(0)];
    let info = reader.next_frame(&mut data).map_err(|e| wrong(format!("the logo is not a PNG: {e}")))?;
    data.truncate(info.buffer_size());
    let rgba = match info.color_type {
        png::ColorType::Rgba => data,
        _ => data.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect(),
    };
    Ok(Some((Arc::new(Pixels { width: info.width, height: info.height, rgba }), logo)))
}

/// The logo at the right end of the headline.
pub(super) fn stamp((pixels, logo): &Stamp, list: &DisplayList) -> Group {
    let width = f64::from(logo.width);
    let height = width * f64::from(pixels.height) / f64::from(pixels.width.max(1));
    let right = f64::from(list.width) - 16.0;
    let rect = Rect::px(right - width, 14.0, right, 14.0 + height);
    let mut group = Group::new("logo", "Logo");
    group.items.push(Item::Image(Image { pixels: pixels.clone(), rect, alpha: 255, title: Some("Logo".into()) }));
    group
}
