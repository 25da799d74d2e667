//! Land that is fought over, besieged or claimed by a side that does not hold it.

use super::control::{area, disputed};
use super::scene::Scene;
use crate::coverage::NONE;
use crate::model::{Layer, LayerKind};

/// The disputed areas of a picture, with the attributes of the control layer.
pub fn contested(scene: &Scene) -> Layer {
    let picture = scene.picture;
    let of_face: Vec<u32> = picture
        .of_face
        .iter()
        .map(|c| if *c != NONE && disputed(&picture.classes[*c as usize]) { *c } else { NONE })
        .collect();
    let regions = scene.cells.coverage.dissolve(&of_face).into_iter();
    Layer::new(
        LayerKind::Contested,
        regions.enumerate().map(|(i, r)| area(scene, r, LayerKind::Contested, i)).collect(),
    )
}
