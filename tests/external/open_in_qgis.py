"""QGIS, offscreen, opens a GeoPackage, applies the styles in it and renders it. Usage: open_in_qgis.py FILE.gpkg OUT.png"""

import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import (  # noqa: E402
    QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsProviderRegistry, QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402
from qgis.PyQt.QtGui import QColor  # noqa: E402

path, out = sys.argv[1:]
app = QgsApplication([], False)
app.initQgis()
faults = []
layers = []
for sub in QgsProviderRegistry.instance().querySublayers(path):
    if sub.name() == "layer_styles":
        continue
    layer = QgsVectorLayer(sub.uri(), sub.name(), "ogr")
    if not layer.isValid():
        faults.append(f"{sub.name()}: not valid")
        continue
    said, found = layer.loadDefaultStyle()
    kind = layer.renderer().type()
    dates = [f.name() for f in layer.fields() if f.typeName() == "Date"]
    print(f"{sub.name()}: {layer.featureCount()} features, {kind}, dates {dates}")
    if not found:
        faults.append(f"{sub.name()}: no style is applied: {said}")
    if sub.name() in ("control", "events") and "date" not in dates:
        faults.append(f"{sub.name()}: the date is no date")
    if sub.name() == "places" and not layer.labelsEnabled():
        faults.append("places: no names")
    layers.append(layer)

settings = QgsMapSettings()
# Points over lines over areas, as QGIS itself sorts what it opens together; what changed and the cells over control.
settings.setLayers(sorted(layers, key=lambda l: (l.geometryType(), l.name() == "control")))
settings.setOutputSize(QSize(800, 600))
settings.setBackgroundColor(QColor("white"))
# The land in question; a country that the text only mentions may lie far away.
extent = next((layer.extent() for layer in layers if layer.name() == "control"), settings.fullExtent())
extent.scale(1.05)
settings.setExtent(extent)
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
image = job.renderedImage()
image.save(out)
colours = {image.pixelColor(x, y).name() for x in range(0, 800, 3) for y in range(0, 600, 3)}
# The picture is in the layers' own colours, not in ones that QGIS drew by lot: some pixels have exactly a side's.
wanted = {str(f["fill"]).lower() for layer in layers if layer.name() == "control" for f in layer.getFeatures()}
print(f"colours of the sides {sorted(wanted)}, in the picture {sorted(colours & wanted)}")
if len(colours) < 4:
    faults.append("the picture is empty")
print("\n".join(faults) or "QGIS shows every layer in its style")
sys.stdout.flush()
os._exit(bool(faults))  # leaving QGIS in order crashes in some versions
