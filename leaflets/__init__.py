"""leaflet: a drug monograph in Markdown becomes a printed patient leaflet and a clinician sheet."""

__version__ = "0.1.0"
