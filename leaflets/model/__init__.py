"""The frozen types that travel between the stages, by subject; they import no stage."""
