//! Land farther than the given reach from every place: honest emptiness.

use super::control::area;
use super::scene::Scene;
use crate::coverage::NONE;
use crate::model::{Layer, LayerKind};

/// The land beyond reach, with the attributes of the control layer; empty where no reach was given.
pub fn beyond(scene: &Scene) -> Layer {
    let picture = scene.picture;
    let of_face: Vec<u32> = picture
        .of_face
        .iter()
        .map(|c| if *c != NONE && picture.id(picture.classes[*c as usize].side) == "beyond" { *c } else { NONE })
        .collect();
    let regions = scene.cells.coverage.dissolve(&of_face).into_iter();
    Layer::new(LayerKind::Beyond, regions.enumerate().map(|(i, r)| area(scene, r, LayerKind::Beyond, i)).collect())
}
