"""Why a leaflet should not be handed out, and what is printed on its label where that was allowed."""

from __future__ import annotations

from enum import StrEnum

from leaflets.languages import language_or_english, msg


class Objection(StrEnum):
    """Why a leaflet should not be handed out; the value is the end of the flag that allows it, if any."""

    DRAFT = "draft"
    EXPIRED = "expired"
    STALE = "stale"
    WITHDRAWN = "withdrawn"
    UNSAFE = "unsafe"

    @property
    def flag(self) -> str:
        """The flag that allows the leaflet; none allows what was withdrawn."""
        return "" if self is Objection.WITHDRAWN else f"--allow-{self.value}"

    @property
    def remedy(self) -> str:
        """What is to be done about it; a whole sentence where no flag allows it."""
        if self is Objection.WITHDRAWN:
            return "Hand out no copy of it."
        needs_review = self in (Objection.DRAFT, Objection.EXPIRED)
        return "Have it reviewed (“leaflet help review”)" if needs_review else "Mend the monograph"

    def note(self, lang: str) -> str:
        """What is printed at the foot of the label where it was allowed, in the language of its page."""
        return language_or_english(lang).say(_NOTES[self])


_NOTES = {
    Objection.DRAFT: msg("DRAFT: not clinically reviewed"),
    Objection.EXPIRED: msg("EXPIRED: review date has passed"),
    Objection.STALE: msg("OLDER THAN ITS SOURCE"),
    Objection.WITHDRAWN: msg("WITHDRAWN"),
    Objection.UNSAFE: msg("CHECKS FAILED"),
}
