"""Patient labels: text shaped for its script and fitted into the label's space without cutting."""

from leaflets.labels.fonts import LabelFonts
from leaflets.labels.label import LABEL_FIELDS, LABEL_HEIGHT_PT, LABEL_WIDTH_PT, Label
from leaflets.labels.label_sheet import check_label, has_label_sheet
from leaflets.labels.layout import LabelSetter

__all__ = [
    "LABEL_FIELDS",
    "LABEL_HEIGHT_PT",
    "LABEL_WIDTH_PT",
    "Label",
    "LabelFonts",
    "LabelSetter",
    "check_label",
    "has_label_sheet",
]
