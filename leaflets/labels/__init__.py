"""Patient labels: text shaped for its script and fitted into the label's space without cutting."""

from leaflets.labels.fonts import LabelFonts
from leaflets.labels.label import LABEL_FIELDS, LABEL_HEIGHT_PT, LABEL_WIDTH_PT, Label
from leaflets.labels.layout import LabelSetter, check_label

__all__ = ["LABEL_FIELDS", "LABEL_HEIGHT_PT", "LABEL_WIDTH_PT", "Label", "LabelFonts", "LabelSetter", "check_label"]
