//! From files to a map: which layers are our own, who holds what, what has to be credited.

use crate::model::{Credit, Feature, Holder, Layer, LayerKind, Map};
use crate::time::Date;

const KINDS: &[LayerKind] = &[
    LayerKind::Control,
    LayerKind::Change,
    LayerKind::Contested,
    LayerKind::Beyond,
    LayerKind::Cells,
    LayerKind::Frontline,
    LayerKind::Distances,
    LayerKind::Advance,
    LayerKind::Events,
    LayerKind::Places,
];

/// Gives a layer its kind where every feature says it is one of ours; anything else is the user's own.
pub(in crate::cli) fn recognise(layer: &mut Layer) {
    let kind = layer.features.first().and_then(|f| f.text("layer")).and_then(|name| {
        KINDS
            .iter()
            .copied()
            .find(|k| k.name() == name)
            .filter(|_| layer.features.iter().all(|f| f.text("layer") == Some(name)))
    });
    layer.kind = kind.unwrap_or(LayerKind::Overlay);
}

/// Fills a map's key, day, sources and credits from its layers.
pub(in crate::cli) fn describe(map: &mut Map) {
    let mut holders: Vec<Holder> = Vec::new();
    let mut credits: Vec<Credit> = Vec::new();
    let mut sources: Vec<String> = Vec::new();
    let mut day: Option<Date> = None;
    for feature in map.layers.iter().filter(|l| l.kind != LayerKind::Overlay).flat_map(|l| &l.features) {
        let text = |key: &str| feature.text(key).filter(|t| !t.is_empty());
        if let Some(id) = text("holder").filter(|id| !holders.iter().any(|h| h.id == *id)) {
            let color = text("fill").and_then(|c| c.parse().ok());
            holders.push(Holder { id: id.to_owned(), label: text("holder_name").unwrap_or(id).to_owned(), color });
        }
        if let Some(name) = text("credit").filter(|name| !credits.iter().any(|c| c.name == *name)) {
            credits.push(Credit { name: name.to_owned(), licence: String::new() });
        }
        sources.extend(listed(feature, "sources"));
        day = day.max(["date", "date_to"].into_iter().filter_map(|k| feature.get(k)?.to_string().parse().ok()).max());
    }
    sources.sort();
    sources.dedup();
    map.holders = holders;
    map.credits.extend(credits);
    // Whatever lies on it, the ground is Natural Earth's.
    if !map.credits.iter().any(|c| c.name.contains("Natural Earth")) {
        map.credits.push(Credit { name: "Natural Earth".to_owned(), licence: "public domain".to_owned() });
    }
    if map.sources.is_empty() {
        // More than a few names are no source line any more.
        map.sources = sources.into_iter().take(4).collect();
    }
    map.as_of = map.as_of.or(day);
}

/// Values of an attribute that is a list or joined by `|`.
fn listed(feature: &Feature, key: &str) -> Vec<String> {
    let text = feature.get(key).map(ToString::to_string).unwrap_or_default();
    text.split('|').map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_layers_are_known_by_their_attribute() {
        let area = |layer: &str| {
            Feature::new(geo::Point::new(0.0, 0.0))
                .with("layer", layer)
                .with("holder", "gov")
                .with("holder_name", "Government")
                .with("fill", "#C8553D")
                .with("date", "2024-12-05")
                .with("credit", "GeoNames")
        };
        let mut own = Layer::new(LayerKind::Overlay, vec![area("control"), area("control")]);
        recognise(&mut own);
        assert_eq!(own.kind, LayerKind::Control);
        let mut mixed = Layer::new(LayerKind::Overlay, vec![area("control"), area("roads")]);
        recognise(&mut mixed);
        assert_eq!(mixed.kind, LayerKind::Overlay);
        let mut map = Map { layers: vec![own], ..Map::default() };
        describe(&mut map);
        assert_eq!(map.holders.len(), 1);
        assert_eq!(map.holders[0].label, "Government");
        assert_eq!(map.as_of.map(|d| d.to_string()).as_deref(), Some("2024-12-05"));
        assert_eq!(map.credits[0].name, "GeoNames");
    }
}
